#include "train/memory_estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <string>

#include "core/error.h"
#include "core/parallel.h"
#include "core/row_parts.h"
#include "core/text_features.h"
#include "core/usable_memory.h"
#include "cuda/memory_plan.h"
#include "train/corpus_encoder.h"
#include "train/word_encoder.h"

namespace wordfire {
namespace {

constexpr int64_t kMebibyte = int64_t{1} << 20;
// Runs of rows and their text while files are written, and pages of the program.
constexpr int64_t kSaving = 32 * kMebibyte;
// Runs of rows while a checkpoint is written or read, and its file's buffer.
constexpr int64_t kCheckpoint = 4 * kMebibyte;
// Of a thread: the part of its stack that is used, and what libraries keep for it.
constexpr int64_t kThread = kMebibyte / 8;
// Of a bucket, whether it is hit or not: a count and a row (core/bucket_rows.h).
constexpr int64_t kBucket = sizeof(uint16_t) + sizeof(int32_t);
// The system may round each large array up.
constexpr int64_t kHugePage = 2 * kMebibyte;

// Bytes that are in memory: without files that are mapped, and the most that ever were, with them.
struct ResidentMemory {
  int64_t now = 0;
  int64_t peak = 0;
};

// Zeros where /proc does not tell.
ResidentMemory resident_memory() {
  constexpr int64_t kKibibyte = 1024;
  ResidentMemory memory;
  std::ifstream status("/proc/self/status");
  for (std::string name; status >> name; std::getline(status, name)) {
    int64_t kibibytes = 0;
    if (name == "VmHWM:" && status >> kibibytes) memory.peak = kibibytes * kKibibyte;
    if (name == "RssAnon:" && status >> kibibytes) memory.now = kibibytes * kKibibyte;
  }
  return memory;
}

int64_t mebibytes(int64_t bytes) { return (bytes + kMebibyte - 1) / kMebibyte; }

// The most input rows that one example has, with character n-grams.
int64_t longest_example(const TrainingData& data, int threads) {
  constexpr int64_t kGrain = 1 << 14;
  std::mutex mutex;
  int64_t longest = 0;
  parallel_for(data.corpus.examples(), kGrain, threads, [&](int64_t begin, int64_t end) {
    int64_t most = 0;
    for (int64_t i = begin; i < end; ++i) {
      most = std::max(most, data.subwords.expanded_size(data.corpus.features_of(i)));
    }
    const std::lock_guard lock(mutex);
    longest = std::max(longest, most);
  });
  return longest;
}

// Rows, counted in float vectors of the model's width, that the workers of core/hogwild_backend.cc
// or core/deterministic_backend.cc hold together.
int64_t worker_rows(const Options& options, int64_t nlabels, int64_t threads) {
  constexpr int64_t kBuffers = 4;  // of a worker: hidden vector, gradient
  constexpr int64_t kBatch = 64;   // the most examples
  constexpr int64_t kSums = 2 * kRowParts + 4;
  if (options.deterministic) return threads * kBuffers + kBatch * kSums;
  const bool all_rows =
      options.args.loss == LossKind::kSoftmax || options.args.loss == LossKind::kOneVsAll;
  // Each worker has the output rows twice (core/private_rows.h).
  return threads * (kBuffers + (all_rows && threads > 1 ? 2 * nlabels : 0));
}

// What the pieces of core/deterministic_vector_backend.cc hold: of each a table of all rows and
// copies of those that its words use, and where the moves of a row are added up.
int64_t bytes_of_pieces(const Options& options, const TrainingData& data) {
  constexpr int64_t kPieces = 8;
  constexpr int64_t kWords = 256 + kWordsInLine;  // of a piece, with its last line
  constexpr int64_t kNgrams = 32;                 // of a word
  const int64_t inputs = data.buckets.rows();
  const int64_t outputs = data.output_rows();
  const int64_t copies = std::min(inputs, kWords * (data.subwords.empty() ? 1 : kNgrams)) +
                         std::min(outputs, kWords * (options.args.neg + 2));
  return kPieces * ((inputs + outputs) * int64_t{sizeof(int32_t)} +
                    SharedMatrix::bytes_for(copies, options.args.dim) + 2 * kHugePage) +
         (inputs + outputs) * int64_t{sizeof(float*)};
}

int64_t bytes_of_vector_workers(const Options& options, const TrainingData& data, int threads) {
  constexpr int64_t kBuffers = 16;  // negatives, moves, scores and the like
  const int64_t positions = 2 * int64_t{options.args.ws} + 2;
  const int64_t trainers = options.deterministic ? 8 : threads;
  return threads * kThread +
         trainers * SharedMatrix::bytes_for(2 * positions + options.args.neg + kBuffers,
                                            options.args.dim) +
         (options.deterministic ? bytes_of_pieces(options, data) : 0);
}

int64_t bytes_of_workers(const Options& options, const TrainingData& data, int threads) {
  if (options.args.model != ModelKind::kSupervised) {
    return bytes_of_vector_workers(options, data, threads);
  }
  constexpr int64_t kPerLabel = 64;  // steps of the output rows, predictions, scores
  constexpr int64_t kGrown = 2;      // a list may have twice the room that it needs
  constexpr int64_t kBatches = 3;    // whose rows the workers of deterministic training list
  const int64_t nlabels = data.model->dictionary.nlabels();
  const int64_t team = std::min<int64_t>(threads, data.corpus.examples());
  const int64_t list = longest_example(data, threads) * int64_t{sizeof(int32_t)} * kGrown;
  return team * (kThread + nlabels * kPerLabel + list) +
         (options.deterministic ? kBatches * list : 0) +
         SharedMatrix::bytes_for(worker_rows(options, nlabels, team), options.args.dim);
}

[[noreturn]] void refuse(const std::string& needs, const std::string& advice) {
  throw Error::internal(fmt::format("out of memory: {}, this process may use {} MiB; {}", needs,
                                    usable_memory() / kMebibyte, advice));
}

}  // namespace

MemoryEstimate estimate_memory(const Options& options, const TrainingData& data, int threads,
                               const StorageBudget& budget, const std::optional<CudaDevice>& gpu) {
  const ResidentMemory resident = resident_memory();
  const int32_t dim = options.args.dim;
  MemoryEstimate estimate;
  estimate.corpus = budget.memory_used();
  estimate.scratch = budget.scratch_used();
  estimate.matrices = SharedMatrix::bytes_for(data.buckets.rows(), dim) +
                      SharedMatrix::bytes_for(data.output_rows(), dim) + 2 * kHugePage;
  if (options.early_stopping) estimate.best_copy = estimate.matrices;
  estimate.workers = bytes_of_workers(options, data, threads);
  estimate.other = std::max<int64_t>(resident.now - estimate.corpus, 0) + kSaving;
  if (!options.checkpoint_dir.empty()) estimate.other += kCheckpoint;
  if (gpu) {
    estimate.other += host_bytes_of_gpu(*gpu, data.corpus, data.buckets.rows() + data.output_rows(),
                                        data.model->dictionary.size(), estimate.matrices);
  }
  estimate.before = resident.peak;
  return estimate;
}

void check_memory(const MemoryEstimate& estimate) {
  if (estimate.total() <= usable_memory()) return;
  refuse(fmt::format("the vectors need {} MiB, threads {} MiB, the rest {} MiB",
                     mebibytes(estimate.matrices + estimate.best_copy), mebibytes(estimate.workers),
                     mebibytes(estimate.corpus + estimate.other)),
         "lower -bucket, -dim or -thread, or raise -minCount");
}

void check_tables(const CountedText& text, const std::vector<std::vector<int32_t>>& ids,
                  const Model& model) {
  const int64_t buckets = model.args.bucket * kBucket;
  const int64_t ngrams =
      SubwordTable::bytes_for(model.dictionary, model.args) + bytes_of_rare_words(text, ids, model);
  if (resident_memory().now + buckets + ngrams <= usable_memory()) return;
  refuse(fmt::format("the table of buckets needs {} MiB, character n-grams {} MiB",
                     mebibytes(buckets), mebibytes(ngrams)),
         "lower -bucket or -maxn, or raise -minn");
}

}  // namespace wordfire
