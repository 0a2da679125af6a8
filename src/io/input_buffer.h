// A window over the bytes of a source that come next: formats look at as many as they need, then
// take them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_source.h"

namespace wordfire {

class InputBuffer {
 public:
  // Bytes behind every view that are readable, whatever they hold: JSON is read past its end.
  static constexpr size_t kSlack = 64;

  explicit InputBuffer(std::unique_ptr<ByteSource> source);

  // The next bytes: at least `want` of them, fewer only where the stream ends. Valid until the next
  // call. Memory grows with the bytes that are there, not with `want`. Throws what
  // ByteSource::read() throws.
  [[nodiscard]] std::string_view peek(size_t want);
  // Goes past the first `bytes` of what peek() returned; the view stays as it is.
  void take(size_t bytes) {
    begin_ += bytes;
    offset_ += static_cast<int64_t>(bytes);
  }
  // Takes bytes as ByteSource does; those that were not peeked at go past the buffer.
  [[nodiscard]] size_t read(std::span<char> buffer);
  [[nodiscard]] bool would_wait() const { return begin_ == end_ && source_->would_wait(); }
  // Bytes taken so far.
  [[nodiscard]] int64_t offset() const { return offset_; }
  [[nodiscard]] const std::string& name() const { return source_->name(); }

 private:
  // Makes room behind the window: at least a byte, and `want` in all if they are not far more than
  // are there.
  void make_room(size_t want);

  std::unique_ptr<ByteSource> source_;
  std::vector<char> bytes_;
  size_t begin_ = 0;  // of the window in bytes_
  size_t end_ = 0;
  bool filled_ = false;  // by the last read
  bool at_end_ = false;
  int64_t offset_ = 0;
};

}  // namespace wordfire
