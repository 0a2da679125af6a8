// Any bytes as a model: refused as wrong, or all of it can be used.
#include <cstring>
#include <vector>

#include "core/error.h"
#include "core/predictor.h"
#include "io/model_file.h"
#include "tests/fuzz/memory_file.h"

namespace wordfire {
namespace {

// Touches every row.
void read_rows(const Matrix& matrix) {
  std::vector<float> row(static_cast<size_t>(matrix.dim()));
  for (int64_t i = 0; i < matrix.rows(); ++i) {
    if (matrix.quantized) {
      matrix.quantized->add_row(i, 1.0f, row.data());
    } else {
      std::memcpy(row.data(), matrix.dense.row(i), row.size() * sizeof(float));
    }
  }
}

void use(const std::shared_ptr<const Model>& model) {
  read_rows(model->input);
  read_rows(model->output);
  const Dictionary& dictionary = model->dictionary;
  for (int32_t id = 0; id < dictionary.size(); ++id) {
    if (dictionary.find(dictionary.text(id)) != id) std::abort();
  }
  if (model->args.model != ModelKind::kSupervised) return;
  const Predictor predictor(model);
  PredictScratch scratch;
  std::vector<Prediction> best;
  predictor.encode("a word w1 </s> w1 w2\n", scratch);
  predictor.predict(scratch, -1, 0.0f, best);
}

}  // namespace
}  // namespace wordfire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const wordfire::MemoryFile file(data, size);
  try {
    wordfire::use(wordfire::load_model(file.path()).model);
  } catch (const wordfire::Error& error) {
    if (error.kind() != wordfire::ErrorKind::kModel) std::abort();
  }
  return 0;
}
