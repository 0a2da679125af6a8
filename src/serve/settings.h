// What a request asks for, besides its texts. In JSON it stands in "configuration"; in every format
// it may stand behind the content type: "text/plain; k=3; threshold=0.1".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "serve/media_type.h"
#include "serve/served_model.h"

namespace wordfire::serve {

enum class Action {
  kPredict,          // the labels of a text
  kWordVectors,      // the vector of a word
  kNeighbours,       // the words nearest to a word
  kSentenceVectors,  // the vector of a text
};

// "predict", "word_vectors", "neighbours", "sentence_vectors". Throws Refused (400) for another
// name, with the one that was meant.
[[nodiscard]] Action parse_action(std::string_view name);

struct Settings {
  Action action = Action::kPredict;
  std::optional<int32_t> k;        // labels or neighbours a text, at least 1
  std::optional<float> threshold;  // least probability or similarity
  bool raw = false;                // prepare the text as the training text was

  // BlazingText's 1; 10 neighbours, as on the command line.
  [[nodiscard]] int32_t k_or_default() const {
    return k.value_or(action == Action::kNeighbours ? 10 : 1);
  }
};

// `value` as a setting; nullopt for a number that is out of range.
[[nodiscard]] std::optional<int32_t> k_within(uint64_t value);
[[nodiscard]] std::optional<float> threshold_within(double value);
// Throw Refused (400). where: "configuration: ", or empty; found: instead of a number in range.
[[noreturn]] void refuse_k(std::string_view where, std::string_view found);
[[noreturn]] void refuse_threshold(std::string_view where, std::string_view found);

// Labels of a classifier, the vectors of words of all other models; then what the parameters of the
// content type say. Throws Refused (400).
[[nodiscard]] Settings requested_settings(const ServedModel& model, const MediaType& type);

// Throws Refused: 400 for what the model cannot do, 406 for an answer that its format has no form
// for.
void check_settings(const Settings& settings, const ServedModel& model, Format answer);

}  // namespace wordfire::serve
