// RecordIO as the page in src/io states it, byte after byte, to compare the reader and the writer
// with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wordfire {

inline uint32_t plain_word(std::string_view stream, size_t at) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4; ++i) {
    word |= static_cast<uint32_t>(static_cast<unsigned char>(stream[at + i])) << (8 * i);
  }
  return word;
}

struct PlainRecords {
  std::vector<std::string> payloads;  // of the whole records in front of a fault
  bool damaged = false;
};

// What a stream holds.
inline PlainRecords plain_records(std::string_view stream) {
  PlainRecords records;
  std::optional<std::string> open;  // a record whose last part has not come
  size_t at = 0;
  while (at < stream.size()) {
    records.damaged = true;
    if (stream.size() - at < 8 || plain_word(stream, at) != 0xced7230a) return records;
    const uint32_t flag = plain_word(stream, at + 4) >> 29;
    const size_t length = plain_word(stream, at + 4) & 0x1fffffff;
    const size_t padded = (length + 3) / 4 * 4;
    if (flag > 3 || (flag >= 2) != open.has_value()) return records;
    if (stream.size() - at - 8 < padded) return records;
    if (open) *open += "\x0A\x23\xD7\xCE";
    if (!open) open.emplace();
    *open += stream.substr(at + 8, length);
    if (flag == 0 || flag == 3) {
      records.payloads.push_back(*open);
      open.reset();
    }
    at += 8 + padded;
    records.damaged = false;
  }
  records.damaged = open.has_value();
  return records;
}

}  // namespace wordfire
