#include "core/option_value.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/error.h"
#include "core/strict_number.h"

namespace wordfire {
namespace {

struct LossText {
  std::string_view text;
  LossKind loss;
};
// The first name of a loss is the one that is printed.
constexpr LossText kLosses[] = {{"hs", LossKind::kHierarchicalSoftmax},
                                {"ns", LossKind::kNegativeSampling},
                                {"softmax", LossKind::kSoftmax},
                                {"one-vs-all", LossKind::kOneVsAll},
                                {"ova", LossKind::kOneVsAll}};

struct InputFormatText {
  std::string_view text;
  InputFormat format;
};
constexpr InputFormatText kInputFormats[] = {
    {"auto", InputFormat::kAuto},
    {"text", InputFormat::kText},
    {"jsonlines", InputFormat::kJsonLines},
    {"recordio", InputFormat::kRecordIo},
    {"recordio-protobuf", InputFormat::kRecordIoProtobuf},
    {"augmented-manifest", InputFormat::kAugmentedManifest}};

std::string describe_input_formats() {
  std::string names;
  for (const InputFormatText& known : kInputFormats) {
    if (!names.empty()) names += ", ";
    names += known.text;
  }
  return names;
}

template <typename Owner, typename Value>
auto& value_of(Owner& options, Value Options::*field) {
  return options.*field;
}
template <typename Owner, typename Value>
auto& value_of(Owner& options, Value ModelArgs::*field) {
  return options.args.*field;
}

// Text that would be a number but for its size, too.
bool is_whole_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string describe_integers(const OptionRange& range, bool name_high) {
  const auto low = static_cast<int64_t>(range.low);
  if (name_high || range.low == OptionRange::kLeastInteger)
    return fmt::format("an integer from {} to {}", low, static_cast<int64_t>(range.high));
  return fmt::format("an integer of at least {}", low);
}

std::string describe_reals(const OptionRange& range) {
  const std::string from =
      fmt::format("a number {} {}", range.above ? "above" : "of at least", range.low);
  return range.high == OptionRange::kMostReal ? from
                                              : fmt::format("{} and at most {}", from, range.high);
}

bool in_range(const OptionRange& range, double value) {
  return value <= range.high && (range.above ? value > range.low : value >= range.low);
}

[[noreturn]] void refuse(const std::string& where, std::string_view value,
                         const std::string& wanted) {
  throw Error::usage(fmt::format("{}: got \"{}\", want {}", where, value, wanted));
}

// One setter a type of field. `range` is used by numbers alone.
template <typename Integer>
requires std::is_same_v<Integer, int32_t> || std::is_same_v<Integer, int64_t>
void assign(Integer& field, const OptionRange& range, std::string_view value,
            const std::string& where) {
  const std::optional<int64_t> number = parse_integer(value);
  if (number && in_range(range, static_cast<double>(*number))) {
    field = static_cast<Integer>(*number);
    return;
  }
  const bool low = number ? static_cast<double>(*number) < range.low : value.starts_with('-');
  refuse(where, value, describe_integers(range, is_whole_number(value) && !low));
}

void assign(double& field, const OptionRange& range, std::string_view value,
            const std::string& where) {
  const std::optional<double> number = parse_real(value);
  if (!number || !in_range(range, *number)) refuse(where, value, describe_reals(range));
  field = *number;
}

void assign(LossKind& field, const OptionRange&, std::string_view value, const std::string& where) {
  for (const LossText& known : kLosses) {
    if (known.text == value) {
      field = known.loss;
      return;
    }
  }
  refuse(where, value, "hs, ns, softmax or one-vs-all");
}

void assign(InputFormat& field, const OptionRange&, std::string_view value,
            const std::string& where) {
  const std::optional<InputFormat> format = find_input_format(value);
  if (!format) refuse(where, value, "one of " + describe_input_formats());
  field = *format;
}

void assign(DeviceWish& field, const OptionRange&, std::string_view value,
            const std::string& where) {
  const std::optional<DeviceWish> wish = parse_device_wish(value);
  if (!wish) refuse(where, value, std::string(kDeviceWishes));
  field = *wish;
}

void assign(bool& field, const OptionRange&, std::string_view value, const std::string& where) {
  if (value != "true" && value != "false") refuse(where, value, "true or false");
  field = value == "true";
}

void assign(std::string& field, const OptionRange&, std::string_view value,
            const std::string& where) {
  if (value.empty()) refuse(where, value, "at least one character");
  field = value;
}

void assign(std::vector<std::string>& field, const OptionRange&, std::string_view value,
            const std::string& where) {
  if (value.empty()) refuse(where, value, "a path, or - for standard input");
  field.emplace_back(value);
}

// A value as the command line writes it; a switch has none.
std::vector<std::string> texts_of(bool) { return {}; }
std::vector<std::string> texts_of(LossKind loss) { return {std::string(loss_name(loss))}; }
std::vector<std::string> texts_of(InputFormat format) {
  return {std::string(input_format_name(format))};
}
std::vector<std::string> texts_of(const DeviceWish& wish) { return {device_wish_text(wish)}; }
std::vector<std::string> texts_of(const std::string& text) { return {text}; }
std::vector<std::string> texts_of(const std::vector<std::string>& paths) { return paths; }
template <typename Number>
std::vector<std::string> texts_of(Number number) {
  return {fmt::format("{}", number)};
}

nlohmann::ordered_json json_value(LossKind loss) { return loss_name(loss); }
nlohmann::ordered_json json_value(InputFormat format) { return input_format_name(format); }
nlohmann::ordered_json json_value(const DeviceWish& wish) { return device_wish_text(wish); }
template <typename Value>
nlohmann::ordered_json json_value(const Value& value) {
  return value;
}

// The type of a row's field, for visitors that need no object.
template <typename Owner, typename Value>
Value field_type(Value Owner::*);

}  // namespace

void set_option(Options& options, const OptionRow& row, std::string_view value,
                const std::string& where) {
  std::visit([&](auto field) { assign(value_of(options, field), row.range, value, where); },
             row.field);
}

void set_option(Options& options, const OptionRow& row, std::string_view value) {
  set_option(options, row, value, fmt::format("option -{}", row.flag));
}

OptionType type_of(const OptionRow& row) {
  const auto type = [](auto field) {
    using Value = decltype(field_type(field));
    if constexpr (std::is_same_v<Value, bool>) return OptionType::kSwitch;
    if constexpr (std::is_integral_v<Value>) return OptionType::kInteger;
    if constexpr (std::is_same_v<Value, double>) return OptionType::kReal;
    if constexpr (std::is_same_v<Value, std::vector<std::string>>) return OptionType::kPaths;
    constexpr bool kIsFree =
        std::is_same_v<Value, std::string> || std::is_same_v<Value, DeviceWish>;
    return kIsFree ? OptionType::kText : OptionType::kChoice;
  };
  return std::visit(type, row.field);
}

std::string describe_values(const OptionRow& row) {
  const auto describe = [&](auto field) -> std::string {
    using Value = decltype(field_type(field));
    if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
      return describe_integers(row.range, row.range.high != OptionRange::kMostInteger);
    } else if constexpr (std::is_same_v<Value, double>) {
      return describe_reals(row.range);
    } else if constexpr (std::is_same_v<Value, LossKind>) {
      return "hs, ns, softmax, one-vs-all";
    } else if constexpr (std::is_same_v<Value, InputFormat>) {
      return describe_input_formats();
    } else if constexpr (std::is_same_v<Value, DeviceWish>) {
      return std::string(kDeviceWishes);
    } else if constexpr (std::is_same_v<Value, bool>) {
      return "no value";
    } else {
      return std::is_same_v<Value, std::string> ? "text" : "one path or more";
    }
  };
  return std::visit(describe, row.field);
}

std::string_view value_placeholder(const OptionRow& row) {
  const auto describe = [](auto field) -> std::string_view {
    using Value = decltype(field_type(field));
    if constexpr (std::is_same_v<Value, bool>) return "";
    if constexpr (std::is_integral_v<Value>) return "N";
    if constexpr (std::is_same_v<Value, double>) return "X";
    if constexpr (std::is_same_v<Value, std::vector<std::string>>) return "PATH...";
    return std::is_same_v<Value, std::string> ? "TEXT" : "NAME";
  };
  return std::visit(describe, row.field);
}

std::string_view loss_name(LossKind loss) {
  for (const LossText& known : kLosses) {
    if (known.loss == loss) return known.text;
  }
  return "unknown";
}

std::string_view input_format_name(InputFormat format) {
  for (const InputFormatText& known : kInputFormats) {
    if (known.format == format) return known.text;
  }
  return "unknown";
}

std::optional<InputFormat> find_input_format(std::string_view name) {
  for (const InputFormatText& known : kInputFormats) {
    if (known.text == name) return known.format;
  }
  return std::nullopt;
}

std::string options_json(const Options& options) {
  // Not made of null: the library crashes if memory runs out while null becomes an object.
  auto object = nlohmann::ordered_json::object();
  for (const OptionRow& row : option_table()) {
    if ((row.modes & mode_set(mode_of(options))) == 0) continue;
    std::visit(
        [&](auto field) { object[std::string(row.flag)] = json_value(value_of(options, field)); },
        row.field);
  }
  // Paths may be any bytes; what is not UTF-8 becomes U+FFFD.
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::vector<std::string> option_arguments(const Options& options) {
  const TrainingMode mode = mode_of(options);
  const Options defaults = default_options(mode);
  std::vector<std::string> arguments;
  const auto add = [&](const OptionRow& row, auto field) {
    const auto& value = value_of(options, field);
    if (value == value_of(defaults, field)) return;
    arguments.push_back(fmt::format("-{}", row.flag));
    for (std::string& text : texts_of(value)) arguments.push_back(std::move(text));
  };
  for (const OptionRow& row : option_table()) {
    if ((row.modes & mode_set(mode)) == 0) continue;
    std::visit([&](auto field) { add(row, field); }, row.field);
  }
  return arguments;
}

}  // namespace wordfire
