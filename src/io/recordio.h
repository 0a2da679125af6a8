// RecordIO, the framing of dmlc-core that MXNet and SageMaker use: RECORDIO.md has the grammar.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "io/input_buffer.h"

namespace wordfire {

// The first bytes of every part of a record: 0xced7230a, little-endian.
inline constexpr std::string_view kRecordMagic = "\x0A\x23\xD7\xCE";
// A part's length has 29 bits.
inline constexpr size_t kMaxPartBytes = (size_t{1} << 29) - 1;
// A record that is wanted in one piece may have so many bytes. It is a line of text with its
// labels; none has more, and memory must stay bounded.
inline constexpr size_t kMaxRecordBytes = size_t{16} << 20;

// Reads records one after the other, in one piece or in pieces. Not thread-safe. Whatever is wrong
// is an Error (data) that names source, byte and record; read() of the source throws, too.
class RecordReader {
 public:
  explicit RecordReader(InputBuffer input) : input_(std::move(input)) {}
  explicit RecordReader(std::unique_ptr<ByteSource> source) : input_(std::move(source)) {}

  // Goes to the next record, past what was not read of the current one. False at the end of the
  // stream.
  [[nodiscard]] bool next();

  // What is left of the record's payload, all of it; once only. The view lives until the next call
  // of any function. Throws where it is more than kMaxRecordBytes.
  [[nodiscard]] std::string_view payload();

  // The first bytes of the payload, right behind next(): `most` of them, fewer where its first part
  // has no more. They are not taken, but for those that pass_over() goes past.
  [[nodiscard]] std::string_view front(size_t most) {
    return input_.peek(std::min(most, left_)).substr(0, std::min(most, left_));
  }
  void pass_over(size_t bytes) {
    input_.take(bytes);
    left_ -= bytes;
  }

  // Some bytes more of the payload, in order; none at its end. The view lives as above. Takes no
  // memory for the length of a record.
  [[nodiscard]] std::string_view next_piece();

  // Of the current record: 1, 2, ...
  [[nodiscard]] int64_t number() const { return number_; }
  // Where its first part begins in the (decompressed) stream.
  [[nodiscard]] int64_t offset() const { return offset_; }
  [[nodiscard]] const std::string& name() const { return input_.name(); }

  // "NAME: byte 8120 (record 17): what", for what a record holds.
  [[nodiscard]] Error fault(std::string_view what) const { return fault_at(offset_, what); }

 private:
  enum class Place { kFirst, kLater };  // of a part in its record
  [[nodiscard]] Error fault_at(int64_t byte, std::string_view what) const;
  void read_header(Place place);
  void end_part();
  [[noreturn]] void refuse_cut(size_t missing) const;

  InputBuffer input_;
  int64_t number_ = 0;
  int64_t offset_ = 0;
  size_t left_ = 0;       // payload bytes of the part that were not handed out
  size_t padding_ = 0;    // behind them
  bool in_part_ = false;  // left_ and padding_ count
  bool is_last_ = true;   // the part ends its record
  std::string joined_;    // the payload of a record that does not lie in one piece
};

// Appends the record of `payload` to `out`. It is cut into parts where the magic lies at a multiple
// of four bytes, as dmlc-core does. Throws Error (data) where a part has more than kMaxPartBytes.
void append_record(std::string_view payload, std::string& out);

}  // namespace wordfire
