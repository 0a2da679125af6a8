#include "serve/model_loading.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "io/model_file.h"

namespace wordfire::serve {

// It may be a good one beside an older manifest.
std::shared_ptr<const ServedModel> load_with_warning(const ModelSource& source) {
  CopiedModel copied = load_model_copy(source.file(), source.open());
  if (!copied.altered.empty()) copied.loaded.warnings.push_back(copied.altered);
  return std::make_shared<const ServedModel>(std::move(copied.loaded), source.file());
}

std::shared_ptr<const ServedModel> load_beyond_doubt(const ModelSource& source) {
  CopiedModel copied = load_model_copy(source.file(), source.open());
  if (!copied.altered.empty()) throw Error::model(copied.altered);
  const std::vector<std::string> faults = find_bad_values(*copied.loaded.model, source.file(), 1);
  if (!faults.empty()) throw Error::model(faults.front());
  return std::make_shared<const ServedModel>(std::move(copied.loaded), source.file());
}

void warm_up(const ServedModel& model) {
  constexpr std::string_view kText = "a few words to begin with\n";
  PredictScratch scratch;
  std::vector<Prediction> best;
  model.predictor().encode(kText, scratch);
  if (model.is_classifier()) {
    model.predictor().predict(scratch, 1, 0.0f, best);
  } else {
    (void)model.predictor().sentence_vector(kText, scratch);
  }
}

}  // namespace wordfire::serve
