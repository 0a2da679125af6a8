#include "train/checkpoint_document.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/option_table.h"
#include "core/option_value.h"
#include "core/row_kernels.h"
#include "io/json_reason.h"

#ifndef WORDFIRE_VERSION
#error "WORDFIRE_VERSION comes from CMake's project()"
#endif

namespace wordfire {
namespace {

using Json = nlohmann::ordered_json;

// JSON numbers of other programs have 53 bits.
std::string hexadecimal(uint64_t value) { return fmt::format("{:016x}", value); }
uint64_t from_hexadecimal(const std::string& text) {
  constexpr int kBase = 16;
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, kBase);
  return value;
}

Json text_json(const DataFingerprint& text) {
  Json json = {{"vocabulary", hexadecimal(text.vocabulary)},
               {"examples", hexadecimal(text.examples)}};
  if (text.validation) json["validation"] = hexadecimal(*text.validation);
  if (text.first_vectors) json["first_vectors"] = hexadecimal(*text.first_vectors);
  return json;
}

std::optional<uint64_t> optional_sum(const Json& json, const char* key) {
  if (!json.contains(key)) return std::nullopt;
  return from_hexadecimal(json.at(key).get<std::string>());
}

DataFingerprint text_of(const Json& json) {
  return {.vocabulary = from_hexadecimal(json.at("vocabulary").get<std::string>()),
          .examples = from_hexadecimal(json.at("examples").get<std::string>()),
          .validation = optional_sum(json, "validation"),
          .first_vectors = optional_sum(json, "first_vectors")};
}

Json score_json(const ValidationScore& score) {
  return {{"examples", score.examples}, {"precision", score.precision}, {"recall", score.recall}};
}

ValidationScore score_of(const Json& json) {
  return {json.at("examples").get<int64_t>(), json.at("precision").get<double>(),
          json.at("recall").get<double>()};
}

void add_state(const TrainingState& state, Json& json) {
  json["epoch"] = state.epoch;
  json["example"] = state.example;
  json["in_epoch"] = {{"tokens", state.in_epoch.tokens},
                      {"examples", state.in_epoch.examples},
                      {"loss_sum", state.in_epoch.loss_sum}};
  json["examples"] = state.examples;
  json["loss_sum"] = state.loss_sum;
  json["seconds"] = state.seconds;
  if (state.validation) json["validation"] = score_json(*state.validation);
}

TrainingState state_of(const Json& json) {
  TrainingState state;
  state.epoch = json.at("epoch").get<int32_t>();
  state.example = json.at("example").get<int64_t>();
  const Json& in_epoch = json.at("in_epoch");
  state.in_epoch.tokens = in_epoch.at("tokens").get<int64_t>();
  state.in_epoch.examples = in_epoch.at("examples").get<int64_t>();
  state.in_epoch.loss_sum = in_epoch.at("loss_sum").get<double>();
  state.examples = json.at("examples").get<int64_t>();
  state.loss_sum = json.at("loss_sum").get<double>();
  state.seconds = json.at("seconds").get<double>();
  if (json.contains("validation")) state.validation = score_of(json.at("validation"));
  return state;
}

CheckpointDocument document_of(const Json& json) {
  CheckpointDocument document;
  document.identity = {.program = json.at("program").get<std::string>(),
                       .instruction_set = json.at("instruction_set").get<std::string>(),
                       .mode = json.at("mode").get<std::string>(),
                       .options_json = json.at("options").dump(),
                       .text = text_of(json.at("text")),
                       .ranks = json.value("ranks", 1)};
  document.state = state_of(json);
  if (json.contains("best")) {
    const Json& best = json.at("best");
    document.best = {best.at("epoch").get<int32_t>(), score_of(best)};
  }
  return document;
}

// Whether two runs that differ in this option alone may end with different models. What files hold
// is compared by the fingerprint of the text, not by their names.
bool bears_on_result(const OptionRow& row) {
  switch (row.group) {
    case OptionGroup::kFiles:
    case OptionGroup::kCheckpoints:
      return false;
    case OptionGroup::kMachine:
      return row.flag == "deterministic" || row.flag == "halfTraffic";
    case OptionGroup::kValidation:
      return !row.flag.starts_with("validation") && row.flag != "trainScore";
    case OptionGroup::kDictionary:
    case OptionGroup::kTraining:
      return true;
  }
  return true;
}

void compare_options(const RunIdentity& then, const RunIdentity& now,
                     std::vector<std::string>& found) {
  for (const OptionDifference& option : differing_options(then.options_json, now.options_json)) {
    found.push_back(fmt::format("-{} was {} and is {}", option.flag, option.then, option.now));
  }
}

void compare_text(const DataFingerprint& then, const DataFingerprint& now,
                  std::vector<std::string>& found) {
  const bool other_words = then.vocabulary != now.vocabulary;
  if (other_words || then.examples != now.examples) found.emplace_back("the training text differs");
  // Encoded validation text and first vectors depend on the vocabulary.
  if (other_words) return;
  if (then.validation != now.validation) found.emplace_back("the validation text differs");
  if (then.first_vectors != now.first_vectors) {
    found.emplace_back("the vectors to begin with differ");
  }
}

bool is_deterministic(const RunIdentity& run) {
  return Json::parse(run.options_json).value("deterministic", false);
}

}  // namespace

std::vector<OptionDifference> differing_options(const std::string& then, const std::string& now) {
  const Json before = Json::parse(then);
  const Json after = Json::parse(now);
  std::vector<OptionDifference> found;
  for (const OptionRow& row : option_table()) {
    const std::string flag(row.flag);
    const Json one = before.value(flag, Json());
    const Json other = after.value(flag, Json());
    if (bears_on_result(row) && one != other) found.push_back({flag, one.dump(), other.dump()});
  }
  return found;
}

RunIdentity identity_of(const Options& options, const DataFingerprint& text, int32_t ranks) {
  return {.program = WORDFIRE_VERSION,
          .instruction_set = kernels::target_name(),
          .mode = std::string(verb_of(mode_of(options))),
          .options_json = options_json(options),
          .text = text,
          .ranks = ranks};
}

std::string document_json(const CheckpointDocument& document) {
  auto json = Json::object();
  json["program"] = document.identity.program;
  json["instruction_set"] = document.identity.instruction_set;
  json["mode"] = document.identity.mode;
  json["options"] = Json::parse(document.identity.options_json);
  json["text"] = text_json(document.identity.text);
  json["ranks"] = document.identity.ranks;
  add_state(document.state, json);
  if (document.best.epoch > 0) {
    json["best"] = score_json(document.best.score);
    json["best"]["epoch"] = document.best.epoch;
  }
  return json.dump();
}

CheckpointDocument parse_document(const std::string& json, const std::string& where) {
  // What lies deeper is left out: code that walks a document would run out of stack.
  constexpr int kDeepest = 8;
  const auto is_shallow = [](int depth, Json::parse_event_t, const Json&) {
    return depth <= kDeepest;
  };
  try {
    return document_of(Json::parse(json, is_shallow));
  } catch (const Json::exception& error) {
    throw Error::model(fmt::format("{}: the document is not that of a checkpoint ({})", where,
                                   json_reason(error)));
  }
}

std::vector<std::string> differences(const RunIdentity& then, const RunIdentity& now) {
  if (then.mode != now.mode) return {fmt::format("it is of {}, not of {}", then.mode, now.mode)};
  std::vector<std::string> found;
  compare_options(then, now, found);
  compare_text(then.text, now.text, found);
  if (!is_deterministic(now)) return found;
  if (then.program != now.program) {
    found.push_back(fmt::format("the program was {} and is {}", then.program, now.program));
  }
  if (then.ranks != now.ranks) {
    found.push_back(fmt::format("the ranks were {} and are {}", then.ranks, now.ranks));
  }
  if (then.instruction_set != now.instruction_set) {
    found.push_back(fmt::format("the instruction set was {} and is {}", then.instruction_set,
                                now.instruction_set));
  }
  return found;
}

}  // namespace wordfire
