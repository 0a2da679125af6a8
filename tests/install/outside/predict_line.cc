// usage: predict_line MODEL TEXT. Prints the best label of TEXT and its probability, as `wordfire
// predict-prob` does.
#include <cstdio>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/predictor.h"
#include "io/model_file.h"
#include "train/training_job.h"

int main(int argc, char** argv) try {
  if (argc != 3) return 64;
  const wordfire::Predictor predictor(wordfire::load_model(argv[1]).model);
  wordfire::PredictScratch scratch;
  predictor.encode(std::string(argv[2]) + "\n", scratch);
  std::vector<wordfire::Prediction> best;
  predictor.predict(scratch, 1, 0.0f, best);
  const std::string label(predictor.model().dictionary.label(best.at(0).label));
  std::printf("%s %g\n", label.c_str(), best[0].probability);
  return 0;
} catch (const wordfire::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
