// How many words a second a GPU trains, of every model and several dimensions, next to the bytes
// and operations that they take. The text is drawn: 80,000 words by Zipf's law, lines of 73. The
// second epoch is timed, with the weights' way to the GPU and back.
//
//   word_throughput [TOKENS]
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "core/alias_table.h"
#include "core/backend.h"
#include "core/error.h"
#include "core/subsampling.h"
#include "cuda/cuda_backend.h"

namespace wordfire {
namespace {

constexpr int32_t kWords = 80'000;
constexpr int64_t kLine = 73;

// A text, and the dictionary that it would have.
struct ZipfText {
  explicit ZipfText(int64_t tokens) {
    std::vector<double> weights;
    for (int32_t word = 0; word < kWords; ++word) weights.push_back(1.0 / (word + 2.7));
    const AliasTable table(weights);
    auto owner = std::make_shared<std::vector<int32_t>>(static_cast<size_t>(tokens));
    counts.assign(kWords, 1);
    Rng draws(1);
    for (int32_t& word : *owner) ++counts[static_cast<size_t>(word = table.draw(draws))];
    for (int64_t end = kLine; end < tokens + kLine; end += kLine) {
      ends.push_back(std::min(end, tokens));
    }
    corpus = {*owner, ends, {}, {}, ends, owner};
    for (int32_t word = 0; word < kWords; ++word) texts.push_back(fmt::format("word{:05}", word));
    std::vector<DictionaryEntry> entries;
    for (int32_t word = 0; word < kWords; ++word) {
      const auto i = static_cast<size_t>(word);
      entries.push_back({texts[i], counts[i], EntryType::kWord});
    }
    dictionary = std::make_unique<Dictionary>(entries, tokens);
  }

  std::vector<int64_t> counts;
  std::vector<int64_t> ends;
  std::vector<std::string> texts;
  std::unique_ptr<Dictionary> dictionary;
  Corpus corpus;
};

struct Case {
  ModelKind model;
  int32_t dim;
  bool ngrams;
  int32_t batch_size;
};

ModelArgs args_of(const Case& of) {
  ModelArgs args;
  args.model = of.model;
  args.loss = LossKind::kNegativeSampling;
  args.dim = of.dim;
  args.bucket = of.ngrams ? 2'000'000 : 0;
  args.minn = of.ngrams ? 3 : 0;
  args.maxn = of.ngrams ? 6 : 0;
  return args;
}

Weights first_weights(const ModelArgs& args) {
  Weights weights{SharedMatrix(kWords + args.bucket, args.dim), SharedMatrix(kWords, args.dim)};
  for (int64_t i = 0; i < weights.input.rows(); ++i) {
    first_row(1, i, args.dim, weights.input.row(i));
  }
  return weights;
}

double share_kept(const ZipfText& text, double t) {
  const auto tokens = static_cast<int64_t>(text.corpus.features.size());
  const Subsampling subsampling(text.counts, tokens, t);
  double kept = 0;
  for (size_t word = 0; word < text.counts.size(); ++word) {
    kept += std::fmin(1.0, subsampling.shares()[word]) * static_cast<double>(text.counts[word]);
  }
  return kept / static_cast<double>(tokens);
}

// Of a kept word: rows that are read and added to, and operations.
void print(const Case& of, const ModelArgs& args, double raw, double share, double rows_of_word) {
  const double kept = raw * share;
  const double pairs = (of.model == ModelKind::kCbow ? 1 : args.ws + 1.0) * (args.neg + 1.0);
  const double bytes = (rows_of_word + args.neg + 1) * padded_width(of.dim) * sizeof(float) * 2;
  fmt::print(
      "{:8} dim {:4}{}{}: {:7.1f} M raw words/s, {:7.1f} M kept, {:6.2f} TB/s of rows, {:6.2f} "
      "Tflop/s\n",
      of.model == ModelKind::kCbow ? "cbow" : "skipgram", of.dim, of.ngrams ? ", n-grams" : "",
      of.batch_size > 0 ? fmt::format(", batches of {}", of.batch_size) : "", raw / 1e6, kept / 1e6,
      kept * bytes / 1e12, kept * pairs * 6 * of.dim / 1e12);
  std::fflush(stdout);
}

void measure(const Case& of, const ZipfText& text, const CudaDevice& device) {
  const ModelArgs args = args_of(of);
  const SubwordTable subwords =
      of.ngrams ? SubwordTable(*text.dictionary, args, 4) : SubwordTable();
  const auto loss = make_loss(args, text.counts);
  Weights weights = first_weights(args);
  const auto tokens = static_cast<int64_t>(text.corpus.features.size());
  const WordVectorTask task{text.corpus, subwords,      *loss, args,    text.counts, tokens,
                            0.5,         of.batch_size, false, weights, 1,           1};
  const auto backend = make_cuda_word_vector_backend(task, device);
  const std::atomic<bool> stop = false;
  double seconds = 0;
  for (int32_t epoch = 0; epoch < 2; ++epoch) {
    const auto start = std::chrono::steady_clock::now();
    const RangeResult result = backend->train({.epoch = epoch,
                                               .epochs = 5,
                                               .lr = 0.05,
                                               .epoch_tokens = tokens,
                                               .range = {0, text.corpus.examples()},
                                               .stop = stop});
    backend->give_weights();
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (result.diverged) fmt::print("diverged at line {}\n", result.diverged_example);
  }
  double rows = 1;
  if (of.ngrams) rows = static_cast<double>(subwords.rows().size()) / kWords;
  print(of, args, static_cast<double>(tokens) / seconds, share_kept(text, args.t), rows);
}

int measure_all(int64_t tokens) {
  const CudaSearch search = find_cuda_device(-1);
  if (!search.device) {
    fmt::print("skipped: {}\n", search.reason);
    return 0;
  }
  fmt::print("{}, {} tokens, t 1e-4, ws 5, neg 5\n", search.device->name, tokens);
  const ZipfText text(tokens);
  for (const int32_t dim : {64, 100, 128, 200, 300, 512, 1024}) {
    measure({ModelKind::kSkipgram, dim, false, 0}, text, *search.device);
    measure({ModelKind::kCbow, dim, false, 0}, text, *search.device);
  }
  measure({ModelKind::kSkipgram, 128, false, 3}, text, *search.device);
  for (const ModelKind model : {ModelKind::kSkipgram, ModelKind::kCbow}) {
    measure({model, 100, true, 0}, text, *search.device);
    measure({model, 300, true, 0}, text, *search.device);
  }
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  try {
    return wordfire::measure_all(argc > 1 ? std::atoll(argv[1]) : int64_t{1} << 27);
  } catch (const wordfire::Error& error) {
    fmt::print(stderr, "word_throughput: {}\n", error.what());
    return 1;
  }
}
