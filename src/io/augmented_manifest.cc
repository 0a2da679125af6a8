#include "io/augmented_manifest.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/ascii_text.h"
#include "core/error.h"
#include "core/strict_number.h"
#include "io/json_fault.h"

namespace wordfire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using Fault = std::optional<std::string>;

static_assert(ManifestDecoder::kPadding >= simdjson::SIMDJSON_PADDING);

constexpr std::string_view kWantedLabel = "want an integer, a name, or a list of these";

Fault add_name(std::string_view name, TrainingLine& line) {
  if (line.add_label(name)) return std::nullopt;
  return fmt::format("label {} has no name", excerpt(name));
}

Fault add_scalar(const element& value, TrainingLine& line) {
  switch (value.type()) {
    case element_type::INT64:
      return add_name(fmt::format_int(value.get_int64().value_unsafe()).c_str(), line);
    case element_type::UINT64:
      return add_name(fmt::format_int(value.get_uint64().value_unsafe()).c_str(), line);
    case element_type::STRING:
      return add_name(value.get_string().value_unsafe(), line);
    case element_type::BOOL:
      return add_name(value.get_bool().value_unsafe() ? "true" : "false", line);
    case element_type::NULL_VALUE:
      return std::nullopt;
    case element_type::DOUBLE:
      return fmt::format("label {}, {}", value.get_double().value_unsafe(), kWantedLabel);
    default:
      return fmt::format("the label holds an object or a list of lists, {}", kWantedLabel);
  }
}

Fault add_labels(const element& value, TrainingLine& line) {
  if (value.type() != element_type::ARRAY) return add_scalar(value, line);
  const simdjson::dom::array parts = value.get_array().value_unsafe();
  for (const element part : parts) {
    if (Fault fault = add_scalar(part, line)) return fault;
  }
  return std::nullopt;
}

// Whether a label record is a JSON value, not a name. "3 stars" and "007" are names.
bool is_json_label(std::string_view label) {
  if (label.empty()) return false;
  if (label.front() == '[' || label.front() == '{' || label.front() == '"') return true;
  return parse_real(label).has_value() && nlohmann::json::accept(label);
}

// A name as JSON: a number if it reads back as the same name.
nlohmann::json json_of(std::string_view name) {
  const std::optional<int64_t> number = parse_integer(name);
  if (number && fmt::format_int(*number).c_str() == name) return *number;
  return name;
}

nlohmann::json json_of(const std::vector<std::string_view>& names) {
  if (names.size() == 1) return json_of(names.front());
  auto list = nlohmann::json::array();
  for (const std::string_view name : names) list.push_back(json_of(name));
  return list;
}

std::string dump(const nlohmann::ordered_json& value) {
  try {
    return value.dump();
  } catch (const nlohmann::json::type_error&) {
    throw Error::data(
        "bytes that are not UTF-8, which JSON cannot hold; convert the text with iconv");
  }
}

}  // namespace

struct ManifestDecoder::Parser {
  simdjson::dom::parser parser;
};

ManifestDecoder::ManifestDecoder(std::string label_prefix, bool needs_label)
    : label_prefix_(std::move(label_prefix)),
      needs_label_(needs_label),
      parser_(std::make_unique<Parser>()) {}

ManifestDecoder::~ManifestDecoder() = default;

std::optional<RowFault> ManifestDecoder::decode_line(std::string_view json, std::string& out) {
  constexpr bool kCopyForPadding = false;  // the caller's lines are padded
  element root;
  const auto error = parser_->parser.parse(json.data(), json.size(), kCopyForPadding).get(root);
  if (error != simdjson::SUCCESS) return syntax_fault(json, error);
  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    return RowFault{0, R"(no object, want {"source": "...", "label": ...})"};
  }
  element label;
  const bool has_label = object.at_key("label").get(label) == simdjson::SUCCESS;
  if (!has_label && needs_label_) {
    return RowFault{0, fmt::format("no member \"label\"; the line has {}", member_names(object))};
  }
  element source;
  if (object.at_key("source").get(source) != simdjson::SUCCESS) {
    return RowFault{0, fmt::format("no member \"source\"; the line has {}", member_names(object))};
  }
  if (source.type() != element_type::STRING) {
    return RowFault{0, "the member \"source\" is no string, want the text"};
  }
  TrainingLine line(label_prefix_, out);
  if (const Fault fault = has_label ? add_labels(label, line) : std::nullopt) {
    line.cancel();
    return RowFault{0, *fault};
  }
  line.add_text(source.get_string().value_unsafe());
  line.end();
  return std::nullopt;
}

std::optional<std::string> ManifestDecoder::decode_records(std::string_view source,
                                                           std::string_view label,
                                                           std::string& out) {
  TrainingLine line(label_prefix_, out);
  Fault fault;
  label = trimmed(label);
  if (!is_json_label(label)) {
    fault = add_name(label, line);
  } else if (element value;
             parser_->parser.parse(label.data(), label.size()).get(value) != simdjson::SUCCESS) {
    fault = fmt::format("label {} is no JSON, {}", excerpt(label), kWantedLabel);
  } else {
    fault = add_labels(value, line);
  }
  if (fault) {
    line.cancel();
    return fault;
  }
  line.add_text(source);
  line.end();
  return std::nullopt;
}

bool is_label_record(std::string_view payload) {
  payload = trimmed(payload);
  if (parse_integer(payload)) return true;
  if (!payload.starts_with('[') || !payload.ends_with(']')) return false;
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(payload.data(), payload.size()).get_array().get(array) != simdjson::SUCCESS) {
    return false;
  }
  return std::all_of(array.begin(), array.end(),
                     [](const element& value) { return value.is_int64() || value.is_uint64(); });
}

bool is_manifest_line(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json.data(), json.size()).get_object().get(object) != simdjson::SUCCESS) {
    return false;
  }
  return object.at_key("source").error() == simdjson::SUCCESS;
}

std::string encode_manifest_line(const LineParts& line) {
  auto object = nlohmann::ordered_json::object();
  object["source"] = line.text;
  object["label"] = json_of(line.labels);
  return dump(object);
}

std::string encode_label_record(const LineParts& line) {
  // A name stands as it is unless it would be taken for another value.
  if (line.labels.size() == 1 && !is_json_label(line.labels.front())) {
    return std::string(line.labels.front());
  }
  return dump(json_of(line.labels));
}

}  // namespace wordfire
