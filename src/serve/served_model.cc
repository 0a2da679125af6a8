#include "serve/served_model.h"

#include <fmt/format.h>

#include <utility>

#include "core/error.h"
#include "io/manifest.h"
#include "serve/json_text.h"
#include "serve/refused.h"

namespace wordfire::serve {
namespace {

std::optional<Recipe> find_recipe_in(const std::optional<Manifest>& manifest,
                                     const std::string& where, std::vector<std::string>& warnings) {
  if (!manifest || manifest->recipe_json.empty()) return std::nullopt;
  try {
    return Recipe::from_json(manifest->recipe_json, where + ": recipe");
  } catch (const Error& error) {
    warnings.emplace_back(error.what());
    return std::nullopt;
  }
}

int64_t bytes_of(const ProductQuantizer& quantizer) {
  return static_cast<int64_t>(quantizer.centroids.size() * sizeof(float));
}

int64_t bytes_of(const Matrix& matrix) {
  if (!matrix.quantized) return matrix.dense.rows * matrix.dense.stride;
  const QuantizedMatrix& quantized = *matrix.quantized;
  return static_cast<int64_t>(quantized.codes.size() + quantized.norm_codes.size()) +
         bytes_of(quantized.quantizer) + bytes_of(quantized.norm_quantizer);
}

// Texts, counts, hashes, and an index that is at most half full.
int64_t bytes_of(const Dictionary& dictionary) {
  constexpr int64_t kEntryBytes = 128;
  constexpr int64_t kPrunedBytes = 48;
  int64_t bytes = kEntryBytes * dictionary.size() +
                  kPrunedBytes * static_cast<int64_t>(dictionary.pruned().size());
  for (int32_t id = 0; id < dictionary.size(); ++id) {
    bytes += static_cast<int64_t>(dictionary.text(id).size());
  }
  return bytes;
}

}  // namespace

ServedModel::ServedModel(LoadedModel loaded, const std::string& path)
    : predictor_(loaded.model), words_(loaded.model), warnings_(std::move(loaded.warnings)) {
  recipe_ = find_recipe_in(loaded.manifest, manifest_path(path), warnings_);
  const Dictionary& dictionary = model().dictionary;
  for (int32_t label = 0; label < dictionary.nlabels(); ++label) {
    append_json_string(dictionary.label(label), labels_json_);
    label_ends_.push_back(labels_json_.size());
  }
  loaded_bytes_ = bytes_of(model().input) + bytes_of(model().output) + bytes_of(dictionary) +
                  static_cast<int64_t>(labels_json_.size() + label_ends_.size() * sizeof(size_t));
}

const UnitRows& ServedModel::unit_rows(const Room& room) const {
  const std::lock_guard lock(unit_rows_mutex_);
  if (unit_rows_) return *unit_rows_;
  const int64_t bytes = int64_t{words_.size()} * words_.dim() * int64_t{sizeof(float)};
  const auto held = room ? room(bytes) : nullptr;
  if (room && !held) {
    throw Refused(507, fmt::format("no room for the table of neighbours, which takes {} bytes; "
                                   "want more memory for models",
                                   bytes));
  }
  constexpr int kThreads = 1;  // the server's own threads are at work on other requests
  unit_rows_ = wordfire::unit_rows(words_, words_.size(), kThreads);
  unit_bytes_ = bytes;
  return *unit_rows_;
}

int64_t ServedModel::memory_bytes() const { return loaded_bytes_ + unit_bytes_; }

}  // namespace wordfire::serve
