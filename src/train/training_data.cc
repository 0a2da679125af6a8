#include "train/training_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "dist/shared_vocabulary.h"
#include "io/byte_source.h"
#include "io/text_share.h"
#include "train/corpus_encoder.h"
#include "train/memory_estimate.h"
#include "train/rank_agreement.h"
#include "train/run_input.h"
#include "train/text_check.h"
#include "train/text_counter.h"
#include "train/word_encoder.h"

namespace wordfire {
namespace {

// Before rows are renumbered. Any number of ranks takes the same of the same text.
void take_fingerprint(TrainingData& data, Communicator& ranks) {
  data.fingerprint.vocabulary = fingerprint(data.model->dictionary);
  std::vector<int64_t> sum = {
      static_cast<int64_t>(fingerprint(data.corpus, data.examples_in_front))};
  ranks.sum(std::span(sum));
  data.fingerprint.examples = static_cast<uint64_t>(sum[0]);
  // Other pieces are other ranges, which end in other places.
  if (data.pieces) data.fingerprint.examples = static_cast<uint64_t>(data.pieces->piece_bytes());
  if (ranks.size() > 1 && data.all_examples == 0) data.fingerprint.examples = 0;
  if (data.validation) data.fingerprint.validation = fingerprint(data.validation->corpus);
}

// Of one share of several, lines that stand twice are found in the share alone.
void forget_what_one_rank_cannot_know(CorpusReport& report) {
  report.duplicate_lines.reset();
  if (report.validation) report.validation->lines_in_training.reset();
  if (report.unused_lines && *report.unused_lines == report.lines) report.unused_lines.reset();
}

// This rank, and others on its machine.
int ranks_beside(const Communicator& ranks) {
  int beside = 0;
  for (int rank = 0; rank < ranks.size(); ++rank)
    if (ranks.host(rank) == ranks.host(ranks.rank())) ++beside;
  return beside;
}

// Every bucket gets a row: which of them the text hits is not known.
void use_all(BucketRows& buckets, int32_t nwords, int32_t bucket) {
  constexpr int32_t kRun = 1 << 16;
  std::vector<int32_t> rows;
  for (int32_t begin = 0; begin < bucket; begin += kRun) {
    rows.resize(static_cast<size_t>(std::min(kRun, bucket - begin)));
    std::iota(rows.begin(), rows.end(), nwords + begin);
    buckets.count(rows);
  }
}

// From the options of a run to its data, in the order of the methods.
class DataReader {
 public:
  DataReader(const Options& options, const TrainingEvents& events, Communicator& ranks, int threads,
             const std::atomic<bool>& stop, const std::optional<CudaDevice>& gpu)
      : options_(options),
        events_(events),
        ranks_(ranks),
        threads_(threads),
        stop_(stop),
        gpu_(gpu),
        is_classifier_(options.args.model == ModelKind::kSupervised),
        files_(list_files(options.input, options.sharded)),
        budget_(make_budget(options, ranks_beside(ranks))) {
    data_.recipe_json = recipe_of(options, files_, events.warning);
    if (!options.validation.empty()) {
      validation_files_ = list_files(options.validation, options.sharded_validation);
    }
    check_ranks_agree(options, files_, validation_files_, ranks);
    if (!options.pretrained_vectors.empty()) {
      data_.pretrained.emplace(options.pretrained_vectors, options.args);
    }
  }

  TrainingData read() {
    count();
    read_validation_text();
    if (text_.storage) try_encode();
    if (text_.not_kept) read_in_pieces();
    add_up_shares();
    report();
    if (!options_.checkpoint_dir.empty()) take_fingerprint(data_, ranks_);
    number_rows();
    if (data_.pieces) data_.begin_pass();
    estimate();
    return std::move(data_);
  }

 private:
  void count() {
    text_ = count_text(files_, reading_of_share(), budget_, threads_, events_.reading, stop_);
    throw_if(stop_);
    if (is_classifier_) check_label_names(options_, text_);
    own_tokens_ = text_.tokens;
    std::vector<int64_t> all = {text_.tokens, text_.lines, text_.blank_lines};
    ranks_.sum(std::span(all));
    text_.tokens = all[0];
    text_.lines = all[1];
    text_.blank_lines = all[2];
    data_.all_lines = text_.lines - text_.blank_lines;
    if (ranks_.size() == 1) {
      vocabulary_ = vocabulary_of(text_.counters);
    } else {
      share_vocabulary();
    }
    check_vocabulary(options_, text_, vocabulary_);
    data_.model = std::make_shared<Model>();
    data_.model->args = options_.args;
    data_.model->label_prefix = options_.label;
    data_.model->dictionary = std::move(vocabulary_.dictionary);
    check_tables(text_, vocabulary_.ids, *data_.model);
    data_.buckets = BucketRows(data_.model->dictionary.nwords(), options_.args.bucket);
  }

  [[nodiscard]] Vocabulary vocabulary_of(std::span<const VocabularyCounter> counters) const {
    Vocabulary vocabulary = merge_vocabulary(counters, options_.label, options_.args.min_count,
                                             options_.min_count_label);
    if (data_.pretrained) data_.pretrained->add_words(counters, options_.label, vocabulary);
    return vocabulary;
  }

  void share_vocabulary() {
    const bool cut = options_.sharded || cut_files(files_, reading_of_share()).has_value();
    const VocabularyCounter tokens = gather_tokens(
        ranks_, text_.counters, cut ? ShareOrder::kOneAfterTheOther : ShareOrder::kDealtOut);
    if (ranks_.rank() == 0) vocabulary_ = vocabulary_of(std::span(&tokens, 1));
    broadcast_dictionary(ranks_, vocabulary_.dictionary);
    vocabulary_.ids = ids_of_tokens(text_.counters, vocabulary_.dictionary, threads_);
  }

  // A share that has its own files is read as a whole.
  [[nodiscard]] TextReading reading_of_share() const {
    TextReading reading = reading_of(options_, options_.input_format);
    if (options_.sharded) return reading;
    reading.share = ranks_.rank();
    reading.shares = ranks_.size();
    return reading;
  }

  void read_validation_text() {
    if (options_.validation.empty()) return;
    data_.validation =
        read_validation(validation_files_, reading_of(options_, options_.validation_format),
                        *data_.model, budget_, data_.buckets, stop_);
    std::vector<int64_t> examples = {data_.validation->corpus.examples()};
    ranks_.sum(std::span(examples));
    if (examples[0] == 0) fail_without_validation();
  }

  [[noreturn]] void fail_without_validation() const {
    throw Error::data(
        fmt::format("{}: no line has both text and a label of the training data; the label "
                    "prefix is \"{}\"",
                    fmt::join(options_.validation, ", "), options_.label));
  }

  void try_encode() {
    try {
      encode();
    } catch (const StorageFull& full) {
      text_.not_kept = full;
    }
  }

  void encode() {
    if (is_classifier_) {
      const EncodedCorpus encoded =
          encode_corpus(text_, vocabulary_.ids, *data_.model, budget_, threads_, &data_.buckets);
      data_.corpus = encoded.corpus;
      features_ = encoded.features;
    } else {
      data_.corpus =
          encode_words(text_, vocabulary_.ids, data_.model->dictionary, budget_, threads_);
    }
    data_.epoch_tokens = data_.corpus.tokens_before(data_.corpus.examples());
  }

  [[noreturn]] void fail_without_example() const {
    throw Error::data(names_of_input(options_) +
                      ": no line has both a label and a word; lower -minCount");
  }

  void read_in_pieces() {
    for (const std::string& file : files_) {
      if (!can_be_read_again(file)) throw *text_.not_kept;
    }
    if (events_.warning) {
      events_.warning(fmt::format("{}; so each epoch reads the text again, piece by piece",
                                  text_.not_kept->what()));
    }
    text_.storage.reset();
    data_.epoch_tokens = own_tokens_;
    data_.pieces = std::make_unique<TextPieces>(files_, reading_of_share(), budget_->memory_limit(),
                                                threads_, stop_);
    use_all(data_.buckets, data_.model->dictionary.nwords(), options_.args.bucket);
  }

  // What the shares are of the whole.
  void add_up_shares() {
    const int64_t examples = data_.pieces ? -1 : data_.corpus.examples();
    const std::array<int64_t, 2> mine = {examples, data_.epoch_tokens};
    const std::vector<std::string> all =
        ranks_.all_gather({reinterpret_cast<const char*>(mine.data()), sizeof(mine)});
    bool in_pieces = false;
    for (int rank = 0; rank < ranks_.size(); ++rank) {
      auto of_rank = mine;
      std::memcpy(of_rank.data(), all[static_cast<size_t>(rank)].data(), sizeof(of_rank));
      in_pieces = in_pieces || of_rank[0] < 0;
      data_.all_tokens += of_rank[1];
      if (rank < ranks_.rank()) data_.examples_in_front += std::max<int64_t>(of_rank[0], 0);
      data_.all_examples += std::max<int64_t>(of_rank[0], 0);
    }
    if (!in_pieces && is_classifier_ && data_.all_examples == 0) fail_without_example();
    if (in_pieces) data_.all_examples = 0;
  }

  void report() {
    if (events_.corpus) {
      CorpusReport report = describe_corpus(text_, data_.model->dictionary, data_.all_examples,
                                            data_.validation ? &*data_.validation : nullptr);
      if (ranks_.size() > 1) forget_what_one_rank_cannot_know(report);
      events_.corpus(report);
    }
    text_ = CountedText();
    vocabulary_ = {};
  }

  // All ranks give the same rows to the same buckets.
  void share_bucket_counts() {
    if (ranks_.size() == 1) return;
    std::vector<float> counts =
        ranks_.start_sum(data_.buckets.counts(), SumPrecision::kSingle)->take();
    // Counts of several threads are about right alone, and which rows are exchanged when depends
    // on them.
    if (options_.deterministic) {
      for (float& count : counts) count = std::min(count, 1.0f);
    }
    data_.buckets.set_counts(counts);
  }

  void number_rows() {
    data_.subwords = SubwordTable(data_.model->dictionary, options_.args, threads_);
    data_.buckets.count(data_.subwords.rows());
    if (data_.pretrained) {
      data_.pretrained->count_buckets(data_.model->dictionary.nwords(), data_.buckets);
    }
    share_bucket_counts();
    data_.buckets.finish();
    renumber_rows(features_, data_.buckets, threads_);
    renumber_rows(data_.subwords.rows(), data_.buckets, threads_);
    if (data_.validation) renumber_rows(data_.validation->features, data_.buckets, threads_);
  }

  void estimate() {
    MemoryEstimate estimate = estimate_memory(options_, data_, threads_, *budget_, gpu_);
    if (ranks_.size() > 1) estimate.matrices *= 2;  // what the ranks last agreed on (replicas.h)
    if (events_.memory) events_.memory(estimate);
    check_memory(estimate);
  }

  const Options& options_;
  const TrainingEvents& events_;
  Communicator& ranks_;
  int threads_;
  const std::atomic<bool>& stop_;
  const std::optional<CudaDevice>& gpu_;
  bool is_classifier_;
  std::vector<std::string> files_;
  std::vector<std::string> validation_files_;
  std::shared_ptr<StorageBudget> budget_;
  CountedText text_;  // whose sums are of all ranks
  int64_t own_tokens_ = 0;
  Vocabulary vocabulary_;
  std::span<int32_t> features_;  // of the corpus
  TrainingData data_;
};

}  // namespace

void TrainingData::begin_pass() {
  pieces->begin_pass();
  if (next_piece()) return;
  corpus = Corpus();
  if (all_tokens > epoch_tokens) return;  // other ranks have examples
  throw Error::data(
      "the training text: no line has both a label and a word, or it is not the text that was "
      "counted; lower -minCount, and leave the text alone while it is read");
}

bool TrainingData::next_piece() {
  std::optional<TextPiece> next = pieces ? pieces->next(*model, buckets) : std::nullopt;
  if (!next) return false;
  corpus = next->corpus;
  examples_before = next->examples_before;
  tokens_before = next->tokens_before;
  return true;
}

TrainingData read_training_data(const Options& options, const TrainingEvents& events,
                                Communicator& ranks, int threads, const std::atomic<bool>& stop,
                                const std::optional<CudaDevice>& gpu) {
  return DataReader(options, events, ranks, threads, stop, gpu).read();
}

}  // namespace wordfire
