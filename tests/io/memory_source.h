// Bytes in memory as a source, handed out in reads of any size.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "io/byte_source.h"

namespace wordfire {

class MemorySource : public ByteSource {
 public:
  // most: bytes a read.
  explicit MemorySource(std::string bytes, size_t most = std::string::npos)
      : bytes_(std::move(bytes)), most_(most) {}

  [[nodiscard]] size_t read(std::span<char> buffer) override {
    const size_t count = std::min({buffer.size(), most_, bytes_.size() - at_});
    std::memcpy(buffer.data(), bytes_.data() + at_, count);
    at_ += count;
    return count;
  }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  std::string bytes_;
  size_t most_;
  size_t at_ = 0;
  std::string name_ = "memory";
};

inline std::unique_ptr<ByteSource> memory_source(std::string bytes,
                                                 size_t most = std::string::npos) {
  return std::make_unique<MemorySource>(std::move(bytes), most);
}

// "0a 23" -> the two bytes.
inline std::string from_hex(std::string_view digits) {
  std::string bytes;
  std::string pair;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    pair += digit;
    if (pair.size() < 2) continue;
    bytes += static_cast<char>(std::stoi(pair, nullptr, 16));
    pair.clear();
  }
  return bytes;
}

}  // namespace wordfire
