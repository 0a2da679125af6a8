#include "io/json_field.h"

#include <fmt/format.h>

#include <limits>

#include "io/json_fault.h"

namespace wordfire {

using simdjson::dom::element;

JsonField JsonField::field(std::string_view key) const {
  simdjson::dom::object object;
  if (!value_ || value_->get_object().get(object) != simdjson::SUCCESS) refuse("an object");
  std::string place = place_.empty() ? std::string(key) : fmt::format("{}.{}", place_, key);
  element value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return {std::nullopt, std::move(place)};
  return {value, std::move(place)};
}

std::vector<JsonField> JsonField::items() const {
  simdjson::dom::array array;
  if (!value_ || value_->get_array().get(array) != simdjson::SUCCESS) refuse("a list");
  std::vector<JsonField> items;
  for (const element item : array) {
    items.push_back(JsonField(item, fmt::format("{}[{}]", place_, items.size())));
  }
  return items;
}

std::vector<std::pair<std::string_view, JsonField>> JsonField::members() const {
  simdjson::dom::object object;
  if (!value_ || value_->get_object().get(object) != simdjson::SUCCESS) refuse("an object");
  std::vector<std::pair<std::string_view, JsonField>> members;
  for (const auto& [key, value] : object) {
    members.emplace_back(key, JsonField(value, fmt::format("{}[{}]", place_, excerpt(key))));
  }
  return members;
}

bool JsonField::boolean() const {
  bool value = false;
  if (!value_ || value_->get_bool().get(value) != simdjson::SUCCESS) refuse("true or false");
  return value;
}

int64_t JsonField::integer() const {
  int64_t value = 0;
  if (value_ && value_->get_int64().get(value) == simdjson::SUCCESS) return value;
  refuse(value_ && value_->is_uint64()
             ? fmt::format("an integer of at most {}", std::numeric_limits<int64_t>::max())
             : "an integer");
}

double JsonField::number() const {
  double value = 0;
  if (!value_ || value_->get_double().get(value) != simdjson::SUCCESS) refuse("a number");
  return value;
}

std::string JsonField::text() const {
  std::string_view value;
  if (!value_ || value_->get_string().get(value) != simdjson::SUCCESS) refuse("a string");
  return std::string(value);
}

std::string JsonField::json() const {
  if (!value_) refuse("a value");
  return simdjson::minify(*value_);
}

void JsonField::refuse(std::string_view wanted) const {
  const std::string place = place_.empty() ? "" : place_ + ": ";
  const std::string found = value_ ? shown(*value_) : "no such key";
  throw JsonFault{fmt::format("{}found {}, want {}", place, found, wanted)};
}

}  // namespace wordfire
