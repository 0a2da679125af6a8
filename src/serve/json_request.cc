#include "serve/json_request.h"

#include <fmt/format.h>

#include <limits>

#include "core/nearest_name.h"
#include "io/json_fault.h"
#include "io/row_fault.h"
#include "serve/json_reader.h"
#include "serve/refused.h"

namespace wordfire::serve {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kWantedBody =
    R"(want {"instances": ["text", ...], "configuration": {"k": 1}})";
constexpr std::string_view kWantedLine = R"(want {"source": "text", "k": 1})";
constexpr std::string_view kNames[] = {"k", "threshold", "raw", "action"};

int32_t k_of(const element& value, std::string_view where) {
  uint64_t number = 0;
  if (value.get_uint64().get(number) != simdjson::SUCCESS) number = 0;  // no integer, or below 0
  const auto k = k_within(number);
  if (!k) refuse_k(where, shown(value));
  return *k;
}

float threshold_of(const element& value) {
  double number = 0;
  if (value.get_double().get(number) != simdjson::SUCCESS) number = -1;
  const auto threshold = threshold_within(number);
  if (!threshold) refuse_threshold("configuration: ", shown(value));
  return *threshold;
}

bool raw_of(const element& value) {
  bool raw = false;
  if (value.get_bool().get(raw) == simdjson::SUCCESS) return raw;
  throw Refused(400, fmt::format("configuration: raw is {}, want true or false", kind_of(value)));
}

Action action_of(const element& value) {
  std::string_view name;
  if (value.get_string().get(name) == simdjson::SUCCESS) return parse_action(name);
  throw Refused(400, fmt::format("configuration: action is {}, want a string", kind_of(value)));
}

[[noreturn]] void refuse_name(std::string_view name) {
  const std::string_view meant = nearest_name(name, kNames);
  throw Refused(400, fmt::format("configuration: no setting {}, want k, threshold, raw or action{}",
                                 excerpt(name),
                                 meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
}

void configure(const element& value, Settings& settings) {
  object members;
  if (value.get_object().get(members) != simdjson::SUCCESS) {
    throw Refused(400, fmt::format("configuration is {}, want an object such as {{\"k\": 1}}",
                                   kind_of(value)));
  }
  for (const auto& member : members) {
    if (member.key == "k") {
      settings.k = k_of(member.value, "configuration: ");
    } else if (member.key == "threshold") {
      settings.threshold = threshold_of(member.value);
    } else if (member.key == "raw") {
      settings.raw = raw_of(member.value);
    } else if (member.key == "action") {
      settings.action = action_of(member.value);
    } else {
      refuse_name(member.key);
    }
  }
}

object object_of(const element& value, std::string_view wanted) {
  object members;
  if (value.get_object().get(members) == simdjson::SUCCESS) return members;
  throw Refused(400, fmt::format("{}, {}{}", kind_of(value), wanted, serialised_twice(value)));
}

// A person who sends one form as the other finds out which is which.
std::string_view other_form(const object& members, std::string_view name, std::string_view type) {
  if (members.at_key(name).error() != simdjson::SUCCESS) return "";
  return type;
}

}  // namespace

JsonInstances read_instances(const element& root, const Settings& defaults) {
  const object members = object_of(root, kWantedBody);
  element instances;
  if (members.at_key("instances").get(instances) != simdjson::SUCCESS) {
    throw Refused(
        400, fmt::format(
                 "no \"instances\", but {}; {}{}", member_names(members), kWantedBody,
                 other_form(members, "source", "; lines of \"source\" are application/jsonlines")));
  }
  JsonInstances request{{}, defaults};
  if (instances.get_array().get(request.texts) != simdjson::SUCCESS) {
    throw Refused(400, fmt::format("instances is {}, want a list of strings", kind_of(instances)));
  }
  element configuration;
  if (members.at_key("configuration").get(configuration) == simdjson::SUCCESS) {
    configure(configuration, request.settings);
  }
  return request;
}

std::string_view text_of(const element& instance, size_t index) {
  std::string_view text;
  if (instance.get_string().get(text) == simdjson::SUCCESS) return text;
  throw Refused(400, fmt::format("instances[{}] is {}, want a string", index, kind_of(instance)));
}

JsonSource read_source(const element& line, const Settings& defaults) {
  const object members = object_of(line, kWantedLine);
  element source;
  if (members.at_key("source").get(source) != simdjson::SUCCESS) {
    throw Refused(400,
                  fmt::format("no \"source\", but {}; {}{}", member_names(members), kWantedLine,
                              other_form(members, "instances",
                                         "; an object with \"instances\" is "
                                         "application/json")));
  }
  JsonSource read{{}, defaults};
  if (source.get_string().get(read.text) != simdjson::SUCCESS) {
    throw Refused(400, fmt::format("source is {}, want a string", kind_of(source)));
  }
  element k;
  if (members.at_key("k").get(k) == simdjson::SUCCESS) read.settings.k = k_of(k, "");
  return read;
}

}  // namespace wordfire::serve
