// A value of a JSON document and the keys that lead to it, so that a message can say which one is
// wrong: "files[1].bytes: found "x", want an integer". Private to this folder, since the library's
// header is large.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wordfire {

// Thrown by JsonField; whoever reads the document makes an Error of it, which names the file.
struct JsonFault {
  std::string what;  // where in the document, what was found, what was wanted
};

// Lives as long as the parser's document. Where nothing says otherwise, functions throw JsonFault
// if the value is missing or of another kind than they want.
class JsonField {
 public:
  explicit JsonField(const simdjson::dom::element& root) : value_(root) {}

  // May be missing.
  [[nodiscard]] JsonField field(std::string_view key) const;
  [[nodiscard]] std::vector<JsonField> items() const;
  // In the order of the document.
  [[nodiscard]] std::vector<std::pair<std::string_view, JsonField>> members() const;

  [[nodiscard]] bool is_missing() const noexcept { return !value_; }
  // Missing or null.
  [[nodiscard]] bool is_empty() const noexcept { return !value_ || value_->is_null(); }

  [[nodiscard]] bool boolean() const;
  [[nodiscard]] int64_t integer() const;
  [[nodiscard]] double number() const;
  [[nodiscard]] std::string text() const;
  // The value as JSON, of whatever kind.
  [[nodiscard]] std::string json() const;

  // Throws JsonFault: what was found, if not said otherwise, is the value.
  [[noreturn]] void refuse(std::string_view wanted) const;

 private:
  JsonField(std::optional<simdjson::dom::element> value, std::string place)
      : value_(value), place_(std::move(place)) {}

  std::optional<simdjson::dom::element> value_;
  std::string place_;  // "files[1].bytes"; empty for the root
};

}  // namespace wordfire
