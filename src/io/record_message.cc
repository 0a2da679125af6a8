#include "io/record_message.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/strict_number.h"
#include "io/row_fault.h"
#include "record.pb.h"

namespace wordfire {
namespace {

using aialgs::data::Record;
using aialgs::data::Value;
using Entries = google::protobuf::RepeatedPtrField<aialgs::data::Entry>;
using Fault = std::optional<std::string>;

constexpr const char* kValues = "values";
constexpr const char* kSource = "source";
constexpr size_t kLargeMessage = size_t{64} << 10;

std::string names_of(const Entries& entries) {
  constexpr int kShown = 10;
  std::string names;
  for (int i = 0; i < entries.size(); ++i) {
    if (i == kShown) return names + ", ...";
    names += (names.empty() ? "" : ", ") + excerpt(entries[i].key());
  }
  return names.empty() ? "nothing" : names;
}

// Of several entries of one name the last.
const Value* find(const Entries& entries, std::string_view name) {
  for (int i = entries.size(); i-- > 0;) {
    if (entries[i].key() == name) return &entries[i].value();
  }
  return nullptr;
}

Value& add(Entries& entries, const char* name) {
  aialgs::data::Entry& entry = *entries.Add();
  entry.set_key(name);
  return *entry.mutable_value();
}

std::string_view describe(const Value& value) {
  if (value.has_float32_tensor()) return "32-bit floats";
  if (value.has_float64_tensor()) return "64-bit floats";
  return value.has_int32_tensor() ? "integers" : "nothing";
}

Fault add_text(const Record& record, TrainingLine& line) {
  const Value* text = find(record.features(), kValues);
  if (text == nullptr) text = find(record.features(), kSource);
  if (text == nullptr) {
    return fmt::format(R"(features {}, want "values" or "source" with the text as bytes)",
                       names_of(record.features()));
  }
  if (!text->has_bytes()) {
    return fmt::format(
        "the text is given as {}, want bytes: send the words themselves, no token "
        "numbers or vectors",
        describe(*text));
  }
  if (text->bytes().value().empty()) return "the text has no element, want one, if an empty one";
  for (const std::string& part : text->bytes().value()) line.add_text(part);
  return std::nullopt;
}

// The integer that a number is, if it is one.
std::optional<int64_t> exact_integer(int32_t number) { return number; }
std::optional<int64_t> exact_integer(double number) {
  constexpr double kMost =
      9007199254740992;  // 2^53: beyond it a double stands for several integers
  if (number != std::floor(number) || std::abs(number) > kMost) return std::nullopt;
  return static_cast<int64_t>(number);
}

template <typename Tensor>
Fault add_numbers(const Tensor& labels, TrainingLine& line) {
  if (!labels.keys().empty()) return "the labels are a sparse tensor, want a dense one";
  for (const auto label : labels.values()) {
    const std::optional<int64_t> integer = exact_integer(label);
    if (!integer) return fmt::format("label {}, want an integer, or a name as bytes", label);
    static_cast<void>(line.add_label(fmt::format_int(*integer).c_str()));  // it has a name
  }
  return std::nullopt;
}

Fault add_labels(const Record& record, TrainingLine& line) {
  if (record.label().empty()) return std::nullopt;
  const Value* labels = find(record.label(), kValues);
  if (labels == nullptr) {
    return fmt::format("label {}, want \"values\" with names as bytes, or integers",
                       names_of(record.label()));
  }
  if (labels->has_int32_tensor()) return add_numbers(labels->int32_tensor(), line);
  if (labels->has_float32_tensor()) return add_numbers(labels->float32_tensor(), line);
  if (labels->has_float64_tensor()) return add_numbers(labels->float64_tensor(), line);
  for (const std::string& name : labels->bytes().value()) {
    if (!line.add_label(name)) return fmt::format("label {} has no name", excerpt(name));
  }
  return std::nullopt;
}

// The number that a label name stands for; none where the number would be written in another way.
std::optional<int32_t> integer_of(std::string_view name) {
  const std::optional<int64_t> number = parse_integer(name);
  const bool fits = number && *number >= std::numeric_limits<int32_t>::min() &&
                    *number <= std::numeric_limits<int32_t>::max();
  if (!fits || fmt::format_int(*number).c_str() != name) return std::nullopt;
  return static_cast<int32_t>(*number);
}

std::optional<std::vector<int32_t>> integers_of(const std::vector<std::string_view>& names) {
  std::vector<int32_t> integers;
  for (const std::string_view name : names) {
    const std::optional<int32_t> integer = integer_of(name);
    if (!integer) return std::nullopt;
    integers.push_back(*integer);
  }
  return integers;
}

}  // namespace

// One message after the other in the same memory.
struct RecordDecoder::Memory {
  Record record;
  bool is_large = false;
};

RecordDecoder::RecordDecoder(std::string label_prefix)
    : label_prefix_(std::move(label_prefix)), memory_(std::make_unique<Memory>()) {}

RecordDecoder::~RecordDecoder() = default;

std::optional<std::string> RecordDecoder::decode(std::string_view message, std::string& out) {
  // What a large message took is not kept.
  if (message.size() > kLargeMessage || memory_->is_large) memory_ = std::make_unique<Memory>();
  memory_->is_large = message.size() > kLargeMessage;
  Record& record = memory_->record;
  if (!record.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return "this is no aialgs.data.Record message; is the format recordio-protobuf?";
  }
  TrainingLine line(label_prefix_, out);
  Fault fault = add_labels(record, line);
  if (!fault) fault = add_text(record, line);
  if (fault) {
    line.cancel();
    return fault;
  }
  line.end();
  return std::nullopt;
}

std::string encode_record(const LineParts& line) {
  Record record;
  add(*record.mutable_features(), kValues).mutable_bytes()->add_value(line.text);
  if (!line.labels.empty()) {
    Value& labels = add(*record.mutable_label(), kValues);
    if (const auto integers = integers_of(line.labels)) {
      auto* const values = labels.mutable_int32_tensor()->mutable_values();
      values->Add(integers->begin(), integers->end());
    } else {
      for (const std::string_view name : line.labels) {
        labels.mutable_bytes()->add_value(name.data(), name.size());
      }
    }
  }
  std::string message;
  record.SerializeToString(&message);
  return message;
}

}  // namespace wordfire
