#include "train/validation.h"

#include <algorithm>
#include <mutex>

#include "core/meter.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "core/text_features.h"
#include "io/line_blocks.h"
#include "train/text_counter.h"

namespace wordfire {
namespace {

constexpr size_t kBlockBytes = size_t{1} << 20;

// The arrays of a corpus whose size is not known before it is read.
struct GrowingCorpus {
  std::vector<int32_t> features;
  std::vector<int64_t> feature_end;
  std::vector<int32_t> labels;
  std::vector<int64_t> label_end;
  std::vector<int64_t> token_end;
};

class ValidationReader {
 public:
  ValidationReader(const Model& model, ValidationText& text) : model_(model), text_(text) {}

  void read(std::string_view block) {
    while (!block.empty()) {
      const size_t newline = block.find('\n');
      const size_t size = newline == std::string_view::npos ? block.size() : newline + 1;
      read_line(block.substr(0, size));
      block.remove_prefix(size);
    }
  }

  [[nodiscard]] const GrowingCorpus& corpus() const { return corpus_; }

 private:
  void read_line(std::string_view text) {
    encode_line(model_, text, line_);
    describe_line();
    if (line_.labels.empty() || line_.features.empty()) return;
    corpus_.features.insert(corpus_.features.end(), line_.features.begin(), line_.features.end());
    corpus_.labels.insert(corpus_.labels.end(), line_.labels.begin(), line_.labels.end());
    corpus_.feature_end.push_back(static_cast<int64_t>(corpus_.features.size()));
    corpus_.label_end.push_back(static_cast<int64_t>(corpus_.labels.size()));
    tokens_ += line_.ntokens;
    corpus_.token_end.push_back(tokens_);
  }

  void describe_line() {
    uint64_t hash = 0;
    bool blank = true;
    for (size_t i = 0; i < line_.tokens.size(); ++i) {
      if (line_.tokens[i] == kEndOfLine) continue;
      blank = false;
      hash = extend_line_hash(hash, line_.token_hashes[i]);
      const bool known = model_.dictionary.find(line_.tokens[i], line_.token_hashes[i]).id >= 0;
      const bool label = line_.tokens[i].starts_with(model_.label_prefix);
      if (!label) ++text_.words;
      if (!known) ++(label ? text_.unknown_labels : text_.unknown_words);
    }
    if (blank) return;
    ++text_.lines;
    text_.line_hashes.push_back(hash);
  }

  const Model& model_;
  ValidationText& text_;
  LineFeatures line_;
  GrowingCorpus corpus_;
  int64_t tokens_ = 0;
};

}  // namespace

ValidationText read_validation(const std::vector<std::string>& paths, const TextReading& reading,
                               const Model& model, std::shared_ptr<StorageBudget> budget,
                               BucketRows& buckets, const std::atomic<bool>& stop) {
  ValidationText text;
  ValidationReader validation(model, text);
  LineBlockReader reader(paths, kBlockBytes, &stop, reading);
  for (LineBlock block; reader.next(block);) {
    throw_if(stop);
    validation.read(block.text());
  }
  const GrowingCorpus& grown = validation.corpus();
  const auto storage = std::make_shared<StorageArena>(std::move(budget));
  text.features = storage->keep(grown.features);
  text.corpus = {text.features,
                 storage->keep(grown.feature_end),
                 storage->keep(grown.labels),
                 storage->keep(grown.label_end),
                 storage->keep(grown.token_end),
                 storage};
  buckets.count(text.features);
  return text;
}

ValidationScore validate(const Predictor& predictor, const Corpus& corpus,
                         const SubwordTable& subwords, const ExampleRange& range, int threads) {
  constexpr int64_t kChunk = 256;
  const int32_t labels = predictor.model().dictionary.nlabels();
  Meter sum(labels);
  std::mutex mutex;
  std::atomic<int64_t> next = range.begin;
  parallel_workers(threads, [&](int) {
    Meter meter(labels);
    PredictScratch scratch;
    std::vector<Prediction> best;
    const int64_t n = range.end;
    for (int64_t begin = next.fetch_add(kChunk); begin < n; begin = next.fetch_add(kChunk)) {
      for (int64_t i = begin; i < std::min(n, begin + kChunk); ++i) {
        const auto features = corpus.features_of(i);
        if (subwords.empty()) {
          scratch.line.features.assign(features.begin(), features.end());
        } else {
          subwords.expand(features, scratch.line.features);
        }
        predictor.predict(scratch, 1, 0, best);
        meter.log(corpus.labels_of(i), best);
      }
    }
    const std::lock_guard lock(mutex);
    sum.merge(meter);
  });
  return {sum.examples(), sum.total().precision(), sum.total().recall()};
}

}  // namespace wordfire
