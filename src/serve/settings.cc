#include "serve/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "core/nearest_name.h"
#include "core/strict_number.h"
#include "io/row_fault.h"
#include "serve/refused.h"

namespace wordfire::serve {
namespace {

constexpr std::string_view kActions[] = {"predict", "word_vectors", "neighbours",
                                         "sentence_vectors"};

constexpr std::string_view kWhere = "content-type: ";

int32_t parse_k(std::string_view text) {
  const auto k = k_within(parse_number<uint64_t>(text).value_or(0));
  if (!k) refuse_k(kWhere, excerpt(text));
  return *k;
}

float parse_threshold(std::string_view text) {
  const auto threshold = threshold_within(parse_real(text).value_or(-1));
  if (!threshold) refuse_threshold(kWhere, excerpt(text));
  return *threshold;
}

bool parse_raw(std::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  throw Refused(400, fmt::format("{}raw is {}, want true or false", kWhere, excerpt(text)));
}

}  // namespace

Action parse_action(std::string_view name) {
  const auto* const found = std::ranges::find(kActions, name);
  if (found != std::end(kActions)) return static_cast<Action>(found - std::begin(kActions));
  const std::string_view meant = nearest_name(name, kActions);
  throw Refused(400, fmt::format("action {}, want predict, word_vectors, neighbours or "
                                 "sentence_vectors{}",
                                 excerpt(name),
                                 meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
}

std::optional<int32_t> k_within(uint64_t value) {
  if (value == 0) return std::nullopt;
  constexpr uint64_t kMost = std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>(std::min(value, kMost));
}

std::optional<float> threshold_within(double value) {
  if (value >= 0 && value <= 1) return static_cast<float>(value);
  return std::nullopt;
}

void refuse_k(std::string_view where, std::string_view found) {
  throw Refused(400, fmt::format("{}k is {}, want an integer of at least 1", where, found));
}

void refuse_threshold(std::string_view where, std::string_view found) {
  throw Refused(400, fmt::format("{}threshold is {}, want a number from 0 to 1", where, found));
}

Settings requested_settings(const ServedModel& model, const MediaType& type) {
  Settings settings;
  if (!model.is_classifier()) settings.action = Action::kWordVectors;
  if (const auto name = type.parameter("action")) settings.action = parse_action(*name);
  if (const auto text = type.parameter("k")) settings.k = parse_k(*text);
  if (const auto text = type.parameter("threshold")) settings.threshold = parse_threshold(*text);
  if (const auto text = type.parameter("raw")) settings.raw = parse_raw(*text);
  return settings;
}

void check_settings(const Settings& settings, const ServedModel& model, Format answer) {
  if (settings.action == Action::kNeighbours && answer == Format::kCsv) {
    throw Refused(406, "action neighbours has no form in text/csv, want application/json");
  }
  if (settings.action == Action::kPredict && !model.is_classifier()) {
    throw Refused(400,
                  "action predict: the model holds word vectors and has no labels, want a "
                  "classifier, or another action");
  }
  if (!settings.raw) return;
  if (settings.action == Action::kWordVectors || settings.action == Action::kNeighbours) {
    throw Refused(400, "raw: words are looked up as they are, want a text");
  }
  if (model.recipe() == nullptr) {
    throw Refused(400,
                  "raw: the model's manifest has no recipe, want a model trained on text from "
                  "wordfire prepare; prepare the text instead");
  }
}

}  // namespace wordfire::serve
