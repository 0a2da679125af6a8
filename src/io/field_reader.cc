#include "io/field_reader.h"

#include <fmt/format.h>

#include "core/error.h"

namespace wordfire {

std::string Field::text() const {
  if (owner.empty()) return std::string(name);
  if (number < 0) return fmt::format("{} of {}", name, owner);
  return fmt::format("{} of {} {}", name, owner, number);
}

std::span<const std::byte> FieldReader::take(Field field, int64_t count) {
  if (count < 0 || count > left()) {
    fail(field, offset_, fmt::format("{} bytes up to the end of the file", left()),
         fmt::format("{}; the file is cut short or altered", count));
  }
  const auto taken = bytes_.subspan(static_cast<size_t>(offset_), static_cast<size_t>(count));
  offset_ += count;
  return taken;
}

std::string_view FieldReader::read_text(Field field) {
  const auto rest = bytes_.subspan(static_cast<size_t>(offset_));
  const void* const end = rest.empty() ? nullptr : std::memchr(rest.data(), 0, rest.size());
  if (end == nullptr) {
    fail(field, offset_, "no NUL up to the end of the file",
         "a text that ends in NUL; the file is cut short or altered");
  }
  const auto size = static_cast<size_t>(static_cast<const std::byte*>(end) - rest.data());
  offset_ += static_cast<int64_t>(size) + 1;
  return {reinterpret_cast<const char*>(rest.data()), size};
}

void FieldReader::fail(Field field, int64_t at, std::string_view found,
                       std::string_view wanted) const {
  throw Error::model(fmt::format("{}: field {} at byte {}: found {}, want {}", path_, field.text(),
                                 at, found, wanted));
}

void FieldReader::fail_range(Field field, size_t bytes, int64_t value, int64_t least,
                             int64_t most) const {
  const std::string wanted =
      least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most);
  fail(field, offset_ - static_cast<int64_t>(bytes), fmt::format("{}", value), wanted);
}

}  // namespace wordfire
