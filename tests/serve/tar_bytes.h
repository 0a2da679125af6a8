// Builds tar archives byte by byte, as no honest program would: each header says what it is told.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace wordfire::serve {

struct TarEntry {
  std::string name;
  char type = '0';  // '1' hard link, '2' symbolic link, '3' '4' devices, '5' folder, '6' FIFO
  std::string content = {};
  std::string link = {};
  int64_t size = -1;            // what the header says; -1: the truth
  std::string size_field = {};  // 12 bytes instead of that
  std::string mode = "0000644";
};

class TarBytes {
 public:
  TarBytes& add(const TarEntry& entry) {
    const int64_t size = entry.size < 0 ? static_cast<int64_t>(entry.content.size()) : entry.size;
    std::string header(kBlock, '\0');
    put(header, 0, entry.name);
    put(header, 100, entry.mode);
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, entry.size_field.empty() ? octal(size, 11) : entry.size_field);
    put(header, 136, "00000000000");
    header[156] = entry.type;
    put(header, 157, entry.link);
    put(header, 257, std::string_view("ustar\00000", 8));
    put(header, 148, octal(sum_of(header), 6));
    header[154] = '\0';
    bytes_ += header;
    bytes_ += entry.content;
    bytes_.append((kBlock - bytes_.size() % kBlock) % kBlock, '\0');
    return *this;
  }
  // A record KEY=VALUE for the next entry.
  TarBytes& add_pax(const std::string& key, const std::string& value) {
    const size_t rest = key.size() + value.size() + 3;
    size_t length = rest + 1;
    while (length != rest + std::to_string(length).size()) ++length;
    return add({.name = "pax",
                .type = 'x',
                .content = std::to_string(length) + " " + key + "=" + value + "\n"});
  }
  TarBytes& add_raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  [[nodiscard]] std::string finished() const { return bytes_ + std::string(2 * kBlock, '\0'); }
  [[nodiscard]] const std::string& unfinished() const { return bytes_; }

 private:
  static constexpr size_t kBlock = 512;

  static void put(std::string& header, size_t at, std::string_view text) {
    header.replace(at, text.size(), text);
  }
  static std::string octal(int64_t number, int digits) {
    std::string text(24, '\0');
    const int length = std::snprintf(text.data(), text.size(), "%0*llo", digits,
                                     static_cast<unsigned long long>(number));
    text.resize(static_cast<size_t>(length));
    return text;
  }
  // The checksum counts its own field as blanks.
  static int64_t sum_of(std::string header) {
    header.replace(148, 8, 8, ' ');
    int64_t sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    return sum;
  }

  std::string bytes_;
};

}  // namespace wordfire::serve
