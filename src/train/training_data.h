// From the paths of a run to what its epochs need: text is read, counted, encoded and reported.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "core/bucket_rows.h"
#include "core/corpus.h"
#include "core/model.h"
#include "core/options.h"
#include "core/subword_table.h"
#include "cuda/cuda_device.h"
#include "dist/communicator.h"
#include "train/data_fingerprint.h"
#include "train/pretrained.h"
#include "train/text_pieces.h"
#include "train/training_job.h"
#include "train/validation.h"

namespace wordfire {

// Rows in corpus, subwords and validation are those of the trained matrix.
struct TrainingData {
  std::shared_ptr<Model> model;  // args, dictionary, label prefix; no matrices yet
  BucketRows buckets = BucketRows(0, 0);
  // The text, or the piece of it that is being trained on: then `pieces` reads it.
  Corpus corpus;
  std::unique_ptr<TextPieces> pieces;
  int64_t examples_before = 0;  // of the text, in front of the corpus
  int64_t tokens_before = 0;
  int64_t epoch_tokens = 0;  // of the whole text, or of this rank's share of it
  // Of the whole text:
  int64_t all_tokens = 0;
  int64_t all_lines = 0;          // with text
  int64_t all_examples = 0;       // 0 where some rank reads it in pieces
  int64_t examples_in_front = 0;  // of this rank's share
  SubwordTable subwords;
  std::optional<ValidationText> validation;
  std::optional<PretrainedVectors> pretrained;
  std::string recipe_json;      // empty: the text was not prepared
  DataFingerprint fingerprint;  // without first_vectors; taken with Options::checkpoint_dir alone

  // Reads the text once more: the corpus is its first piece. Throws Error, Stopped.
  void begin_pass();
  // The corpus is the next piece; stays as it is, and returns false, when there is none.
  [[nodiscard]] bool next_piece();

  // Of the input matrix in a model file: words and all buckets.
  [[nodiscard]] int64_t file_rows() const {
    return int64_t{model->dictionary.nwords()} + model->args.bucket;
  }
  // What is predicted: labels, or words.
  [[nodiscard]] int32_t output_rows() const {
    const bool is_classifier = model->args.model == ModelKind::kSupervised;
    return is_classifier ? model->dictionary.nlabels() : model->dictionary.nwords();
  }
};

// Tells events.reading, .corpus and .memory. Each rank reads its share; vocabulary and rows are
// those of the whole text. Throws Error (data): no text, no labels, one label, a label without a
// name, no word left; Error (usage, data) when ranks have other options or texts than rank 0; Error
// (no_input); Stopped when `stop` becomes true. gpu: that is to train, for the estimate of memory.
[[nodiscard]] TrainingData read_training_data(const Options& options, const TrainingEvents& events,
                                              Communicator& ranks, int threads,
                                              const std::atomic<bool>& stop,
                                              const std::optional<CudaDevice>& gpu = {});

}  // namespace wordfire
