#include "io/recordio.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace wordfire {
namespace {

constexpr size_t kHeaderBytes = 8;
constexpr uint32_t kWhole = 0, kFirstPart = 1, kLastPart = 3;
constexpr uint32_t kMagicNumber = 0xced7230a;

uint32_t little_endian(const char* bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void append_little_endian(uint32_t value, std::string& out) {
  for (int i = 0; i < 4; ++i, value >>= 8) out += static_cast<char>(value & 0xFF);
}

constexpr size_t padding_of(size_t bytes) { return (4 - bytes % 4) % 4; }

void append_part(uint32_t flag, std::string_view part, std::string& out) {
  if (part.size() > kMaxPartBytes) {
    throw Error::data(fmt::format("record: {} bytes without a magic number, want at most {}",
                                  part.size(), kMaxPartBytes));
  }
  out += kRecordMagic;
  append_little_endian(flag << 29 | static_cast<uint32_t>(part.size()), out);
  out += part;
  out.append(padding_of(part.size()), '\0');
}

// The magic at a multiple of four bytes of `payload`, at `from` or behind it; npos for none.
size_t find_aligned_magic(std::string_view payload, size_t from) {
  size_t at = payload.find(kRecordMagic, from);
  while (at != std::string_view::npos && at % 4 != 0) at = payload.find(kRecordMagic, at + 1);
  return at;
}

}  // namespace

void append_record(std::string_view payload, std::string& out) {
  size_t begin = 0;
  for (size_t at = find_aligned_magic(payload, 0); at != std::string_view::npos;
       at = find_aligned_magic(payload, begin)) {
    append_part(begin == 0 ? kFirstPart : 2, payload.substr(begin, at - begin), out);
    begin = at + kRecordMagic.size();
  }
  append_part(begin == 0 ? kWhole : kLastPart, payload.substr(begin), out);
}

bool RecordReader::next() {
  while (in_part_ && !next_piece().empty()) continue;
  const std::string_view head = input_.peek(kHeaderBytes);
  if (head.empty()) return false;
  ++number_;
  offset_ = input_.offset();
  read_header(Place::kFirst);
  return true;
}

std::string_view RecordReader::payload() {
  const size_t whole = left_ + padding_;
  if (in_part_ && is_last_ && left_ <= kMaxRecordBytes) {
    const std::string_view bytes = input_.peek(whole);
    if (bytes.size() < whole) refuse_cut(whole - bytes.size());
    input_.take(whole);
    in_part_ = false;
    return bytes.substr(0, left_);
  }
  joined_.clear();
  for (std::string_view piece = next_piece(); !piece.empty(); piece = next_piece()) {
    joined_ += piece;
    if (joined_.size() > kMaxRecordBytes) {
      throw fault(
          fmt::format("a record of more than {} bytes, want one line of text with its labels",
                      kMaxRecordBytes));
    }
  }
  return joined_;
}

std::string_view RecordReader::next_piece() {
  while (in_part_ && left_ == 0) {
    end_part();
    if (in_part_) return kRecordMagic;  // it stood between two parts
  }
  if (!in_part_) return {};
  const std::string_view bytes = input_.peek(1);
  if (bytes.empty()) refuse_cut(left_ + padding_);
  const std::string_view piece = bytes.substr(0, left_);
  input_.take(piece.size());
  left_ -= piece.size();
  return piece;
}

// Goes behind the padding and, inside a record, behind the header of the next part.
void RecordReader::end_part() {
  const size_t padding = std::min(padding_, input_.peek(padding_).size());
  if (padding < padding_) refuse_cut(padding_ - padding);
  input_.take(padding);
  in_part_ = false;
  if (!is_last_) read_header(Place::kLater);
}

void RecordReader::read_header(Place place) {
  const std::string_view head = input_.peek(kHeaderBytes);
  const int64_t at = input_.offset();
  if (head.empty())
    throw fault_at(at, "the stream ends between the parts of a record; is it whole?");
  if (head.size() < kHeaderBytes) {
    throw fault_at(at,
                   fmt::format("the stream ends in a header, {} of its 8 bytes are there; is it "
                               "whole?",
                               head.size()));
  }
  const uint32_t magic = little_endian(head.data());
  if (magic != kMagicNumber) {
    throw fault_at(
        at, fmt::format("magic 0x{:08x}, want 0x{:08x}; is this RecordIO?", magic, kMagicNumber));
  }
  const uint32_t word = little_endian(head.data() + 4);
  const uint32_t flag = word >> 29;
  const bool begins = flag == kWhole || flag == kFirstPart;
  if (flag > kLastPart || begins != (place == Place::kFirst)) {
    throw fault_at(at, fmt::format("part flag {}, want {}", flag,
                                   place == Place::kFirst ? "0 or 1 at the start of a record"
                                                          : "2 or 3 inside a record"));
  }
  input_.take(kHeaderBytes);
  left_ = word & kMaxPartBytes;
  padding_ = padding_of(left_);
  is_last_ = flag == kWhole || flag == kLastPart;
  in_part_ = true;
}

Error RecordReader::fault_at(int64_t byte, std::string_view what) const {
  return Error::data(fmt::format("{}: byte {} (record {}): {}", name(), byte, number_, what));
}

void RecordReader::refuse_cut(size_t missing) const {
  // What was peeked at is there; the stream ends `missing` bytes before the part does.
  const int64_t end = input_.offset() + static_cast<int64_t>(left_ + padding_ - missing);
  throw fault_at(
      end, fmt::format("the stream ends {} bytes before the record does; is it whole?", missing));
}

}  // namespace wordfire
