#include "io/json_rows.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "io/json_fault.h"

namespace wordfire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

static_assert(JsonRow::kPadding >= simdjson::SIMDJSON_PADDING);

// Appends the views of one column's values. Returns false where the value has no text.
class ValueReader {
 public:
  ValueReader(std::vector<std::string_view>& values, std::deque<std::string>& numbers)
      : values_(values), numbers_(numbers) {}

  bool read(const element& value) {
    if (value.type() != element_type::ARRAY) return read_scalar(value);
    const simdjson::dom::array parts = value.get_array().value_unsafe();
    for (const element part : parts) {
      if (!read_scalar(part)) return false;
    }
    return true;
  }

 private:
  bool read_scalar(const element& value) {
    switch (value.type()) {
      case element_type::STRING:
        values_.push_back(value.get_string().value_unsafe());
        return true;
      case element_type::BOOL:
        values_.emplace_back(value.get_bool().value_unsafe() ? "true" : "false");
        return true;
      case element_type::INT64:
        return add_number(value.get_int64().value_unsafe());
      case element_type::UINT64:
        return add_number(value.get_uint64().value_unsafe());
      case element_type::DOUBLE:
        return add_number(value.get_double().value_unsafe());
      case element_type::NULL_VALUE:
        return true;
      default:
        return false;
    }
  }

  template <typename Number>
  bool add_number(Number number) {
    values_.push_back(numbers_.emplace_back(fmt::format("{}", number)));
    return true;
  }

  std::vector<std::string_view>& values_;
  std::deque<std::string>& numbers_;
};

std::optional<RowFault> read_columns(const simdjson::dom::object& object,
                                     const std::vector<std::string>& columns, ValueReader reader) {
  for (const std::string& column : columns) {
    element value;
    if (object.at_key(column).get(value) != simdjson::SUCCESS) {
      return RowFault{
          0, fmt::format("no column \"{}\"; the line has {}", column, member_names(object))};
    }
    if (!reader.read(value)) {
      return RowFault{
          0, fmt::format("column \"{}\" holds an object or a list of lists, want a string, a "
                         "number, true, false, null or a list of these",
                         column)};
    }
  }
  return std::nullopt;
}

}  // namespace

struct JsonRow::Parser {
  simdjson::dom::parser parser;
};

JsonRow::JsonRow() : parser_(std::make_unique<Parser>()) {}
JsonRow::~JsonRow() = default;

std::optional<RowFault> JsonRow::parse(std::string_view line,
                                       const std::vector<std::string>& label_columns,
                                       const std::vector<std::string>& text_columns) {
  labels_.clear();
  texts_.clear();
  numbers_.clear();
  constexpr bool kCopyForPadding = false;  // the caller's lines are padded
  element root;
  const auto error = parser_->parser.parse(line.data(), line.size(), kCopyForPadding).get(root);
  if (error != simdjson::SUCCESS) return syntax_fault(line, error);
  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    return RowFault{
        0,
        "a JSON value that is not an object, want one object a line: {\"label\": \"...\", "
        "\"text\": \"...\"}"};
  }
  auto fault = read_columns(object, label_columns, {labels_, numbers_});
  if (!fault) fault = read_columns(object, text_columns, {texts_, numbers_});
  return fault;
}

}  // namespace wordfire
