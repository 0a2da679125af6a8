// Reads the fields of a binary file one behind another; every fault names file, field and byte.
// Numbers are little-endian, as in the memory of all machines that we build for.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace wordfire {

static_assert(std::endian::native == std::endian::little, "model files are little-endian");

// What messages call a field: "NAME", "NAME of OWNER", or "NAME of OWNER NUMBER" for one of many.
struct Field {
  std::string_view name;
  std::string_view owner;
  int64_t number = -1;

  Field(const char* field) : name(field) {}  // NOLINT: a name alone is a field
  Field(std::string_view field, std::string_view of, int64_t index = -1)
      : name(field), owner(of), number(index) {}

  [[nodiscard]] std::string text() const;
};

class FieldReader {
 public:
  // path: for messages. bytes: the whole file, which must outlive the reader.
  FieldReader(std::string path, std::span<const std::byte> bytes)
      : path_(std::move(path)), bytes_(bytes) {}

  // The next `count` bytes. Throws Error (model) when there are fewer, whatever `count` is.
  [[nodiscard]] std::span<const std::byte> take(Field field, int64_t count);

  // The next number.
  template <typename T>
  [[nodiscard]] T read(Field field) {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    std::memcpy(&value, take(field, sizeof(T)).data(), sizeof(T));
    return value;
  }
  // The next integer, which must lie in [least, most].
  template <typename T>
  [[nodiscard]] T read_in(Field field, int64_t least, int64_t most) {
    const T value = read<T>(field);
    if (value < least || value > most) fail_range(field, sizeof(T), value, least, most);
    return value;
  }
  // The next byte, 0 or 1.
  [[nodiscard]] bool read_bool(Field field) { return read_in<uint8_t>(field, 0, 1) != 0; }
  // The bytes up to the next NUL, which is skipped.
  [[nodiscard]] std::string_view read_text(Field field);

  [[nodiscard]] int64_t offset() const { return offset_; }
  [[nodiscard]] int64_t left() const { return static_cast<int64_t>(bytes_.size()) - offset_; }
  // What is left; skip() goes on behind the first `count` bytes of it.
  [[nodiscard]] std::span<const std::byte> rest() const {
    return bytes_.subspan(static_cast<size_t>(offset_));
  }
  void skip(size_t count) { offset_ += static_cast<int64_t>(count); }
  [[nodiscard]] const std::string& path() const { return path_; }

  // Throws Error (model): "PATH: field FIELD at byte AT: found FOUND, want WANTED".
  [[noreturn]] void fail(Field field, int64_t at, std::string_view found,
                         std::string_view wanted) const;

 private:
  [[noreturn]] void fail_range(Field field, size_t bytes, int64_t value, int64_t least,
                               int64_t most) const;

  std::string path_;
  std::span<const std::byte> bytes_;
  int64_t offset_ = 0;
};

}  // namespace wordfire
