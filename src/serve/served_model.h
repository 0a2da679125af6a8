// A model as a server holds it: in memory, whole, checked, with all that answers need made ready.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/predictor.h"
#include "core/unit_rows.h"
#include "core/word_lookup.h"
#include "io/model_file.h"
#include "io/recipe.h"

namespace wordfire::serve {

// Immutable; safe to share between threads.
class ServedModel {
 public:
  // loaded: by load_model_copy(), so that nothing that becomes of the file matters. The recipe in
  // its manifest comes with it; one that cannot be used is a warning. path: for that.
  ServedModel(LoadedModel loaded, const std::string& path);

  [[nodiscard]] const Model& model() const { return predictor_.model(); }
  [[nodiscard]] bool is_classifier() const { return model().args.model == ModelKind::kSupervised; }
  [[nodiscard]] const Predictor& predictor() const { return predictor_; }
  [[nodiscard]] const WordLookup& words() const { return words_; }
  // How the text was prepared that the model was trained on; null where that is not known.
  [[nodiscard]] const Recipe* recipe() const { return recipe_ ? &*recipe_ : nullptr; }
  // What a person should know about the files, a line each.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  // label in [0, nlabels): its name as a JSON string, quotes included.
  [[nodiscard]] std::string_view label_json(int32_t label) const {
    return std::string_view(labels_json_)
        .substr(label_ends_[label], label_ends_[label + 1] - label_ends_[label]);
  }

  // Asked for room before a model grows: null where there is none, else what counts the bytes until
  // the model does so itself.
  using Room = std::function<std::shared_ptr<const void>(int64_t bytes)>;

  // The vectors of all words, of length 1: what neighbours are looked for in. Made by the first
  // call, which others wait for; it costs as much memory as [nwords, dim] floats, for which `room`
  // is asked if it is one. Throws Refused (507) where there is no room; later calls try again.
  [[nodiscard]] const UnitRows& unit_rows(const Room& room = {}) const;

  // Bytes that the model holds now, the unit rows included if they were made.
  [[nodiscard]] int64_t memory_bytes() const;

 private:
  Predictor predictor_;
  WordLookup words_;
  std::optional<Recipe> recipe_;
  std::vector<std::string> warnings_;
  std::string labels_json_;
  std::vector<size_t> label_ends_ = {0};  // [nlabels + 1]
  int64_t loaded_bytes_ = 0;
  mutable std::mutex unit_rows_mutex_;  // while they are made
  mutable std::optional<UnitRows> unit_rows_;
  mutable std::atomic<int64_t> unit_bytes_ = 0;
};

}  // namespace wordfire::serve
