#include "train/training_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "io/byte_source.h"
#include "io/disk_room.h"
#include "io/pipe_path.h"
#include "io/recipe.h"
#include "train/corpus_encoder.h"
#include "train/memory_estimate.h"
#include "train/text_check.h"
#include "train/text_counter.h"
#include "train/word_encoder.h"

namespace wordfire {
namespace {

constexpr int64_t kMebibyte = int64_t{1} << 20;

// The recipe of all input files; nothing where there is none, or where two differ in how they
// treat text.
std::optional<Recipe> find_common_recipe(const std::vector<std::string>& files) {
  std::optional<Recipe> recipe;
  for (const std::string& file : files) {
    const std::optional<Recipe> of_file =
        file == "-" || is_pipe_path(file) ? std::nullopt : find_recipe(file);
    if (!of_file || (recipe && !recipe->treats_text_like(*of_file))) return std::nullopt;
    if (!recipe) recipe = of_file;
  }
  return recipe;
}

// The recipe that was given, or that of the text; empty for none. One that nobody has named does
// not end the run.
std::string recipe_of(const Options& options, const std::vector<std::string>& files,
                      const TrainingEvents& events) {
  if (!options.prepare.empty()) return read_recipe(options.prepare).to_json();
  try {
    const std::optional<Recipe> recipe = find_common_recipe(files);
    return recipe ? recipe->to_json() : "";
  } catch (const Error& error) {
    if (events.warning) {
      events.warning(
          fmt::format("{}; the model gets no recipe; give -prepare to use another", error.what()));
    }
    return "";
  }
}

// How the input, or the validation text, is read.
TextReading reading_of(const Options& options, InputFormat format) {
  TextReading reading;
  reading.format = format;
  reading.label_prefix = options.label;
  reading.needs_labels = options.args.model == ModelKind::kSupervised;
  return reading;
}

std::string scratch_folder(const Options& options) {
  if (!options.scratch_dir.empty()) return options.scratch_dir;
  const std::string folder = std::filesystem::path(options.output).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::shared_ptr<StorageBudget> make_budget(const Options& options) {
  const int64_t memory =
      options.memory_mb > 0 ? options.memory_mb * kMebibyte : usable_memory() / 2;
  const std::string folder = scratch_folder(options);
  // Others need the disk as well.
  const int64_t scratch =
      options.scratch_mb > 0 ? options.scratch_mb * kMebibyte : free_disk_space(folder) / 2;
  return std::make_shared<StorageBudget>(memory, folder, scratch);
}

// Before rows are renumbered.
void take_fingerprint(TrainingData& data) {
  data.fingerprint.vocabulary = fingerprint(data.model->dictionary);
  data.fingerprint.examples = fingerprint(data.corpus);
  // Other pieces are other ranges, which end in other places.
  if (data.pieces) data.fingerprint.examples = static_cast<uint64_t>(data.pieces->piece_bytes());
  if (data.validation) data.fingerprint.validation = fingerprint(data.validation->corpus);
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
  DataReader(const Options& options, const TrainingEvents& events, int threads,
             const std::atomic<bool>& stop)
      : options_(options),
        events_(events),
        threads_(threads),
        stop_(stop),
        is_classifier_(options.args.model == ModelKind::kSupervised),
        files_(list_input_files(options.input)),
        budget_(make_budget(options)) {
    data_.recipe_json = recipe_of(options, files_, events);
    if (!options.validation.empty()) validation_files_ = list_input_files(options.validation);
    if (!options.pretrained_vectors.empty()) {
      data_.pretrained.emplace(options.pretrained_vectors, options.args);
    }
  }

  TrainingData read() {
    count();
    read_validation_text();
    if (text_.storage) try_encode();
    if (text_.not_kept) read_in_pieces();
    report();
    if (!options_.checkpoint_dir.empty()) take_fingerprint(data_);
    number_rows();
    if (data_.pieces) data_.begin_pass();
    estimate();
    return std::move(data_);
  }

 private:
  void count() {
    text_ = count_text(files_, reading_of(options_, options_.input_format), budget_, threads_,
                       events_.reading, stop_);
    throw_if(stop_);
    if (is_classifier_) check_label_names(options_, text_);
    vocabulary_ = merge_vocabulary(text_.counters, options_.label, options_.args.min_count,
                                   options_.min_count_label);
    if (data_.pretrained) {
      data_.pretrained->add_words(text_.counters, options_.label, vocabulary_);
    }
    check_vocabulary(options_, text_, vocabulary_);
    data_.model = std::make_shared<Model>();
    data_.model->args = options_.args;
    data_.model->label_prefix = options_.label;
    data_.model->dictionary = std::move(vocabulary_.dictionary);
    check_tables(text_, vocabulary_.ids, *data_.model);
    data_.buckets = BucketRows(data_.model->dictionary.nwords(), options_.args.bucket);
  }

  void read_validation_text() {
    if (validation_files_.empty()) return;
    data_.validation =
        read_validation(validation_files_, reading_of(options_, options_.validation_format),
                        *data_.model, budget_, data_.buckets, stop_);
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
      if (data_.corpus.examples() == 0) fail_without_example();
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
    data_.epoch_tokens = text_.tokens;
    data_.pieces = std::make_unique<TextPieces>(files_, reading_of(options_, options_.input_format),
                                                budget_->memory_limit(), threads_, stop_);
    use_all(data_.buckets, data_.model->dictionary.nwords(), options_.args.bucket);
  }

  void report() {
    if (events_.corpus) {
      events_.corpus(describe_corpus(text_, data_.model->dictionary, data_.corpus.examples(),
                                     data_.validation ? &*data_.validation : nullptr));
    }
    text_ = CountedText();
    vocabulary_ = {};
  }

  void number_rows() {
    data_.subwords = SubwordTable(data_.model->dictionary, options_.args, threads_);
    data_.buckets.count(data_.subwords.rows());
    if (data_.pretrained) {
      data_.pretrained->count_buckets(data_.model->dictionary.nwords(), data_.buckets);
    }
    data_.buckets.finish();
    renumber_rows(features_, data_.buckets, threads_);
    renumber_rows(data_.subwords.rows(), data_.buckets, threads_);
    if (data_.validation) renumber_rows(data_.validation->features, data_.buckets, threads_);
  }

  void estimate() {
    const MemoryEstimate estimate = estimate_memory(options_, data_, threads_, *budget_);
    if (events_.memory) events_.memory(estimate);
    check_memory(estimate);
  }

  const Options& options_;
  const TrainingEvents& events_;
  int threads_;
  const std::atomic<bool>& stop_;
  bool is_classifier_;
  std::vector<std::string> files_;
  std::vector<std::string> validation_files_;
  std::shared_ptr<StorageBudget> budget_;
  CountedText text_;
  Vocabulary vocabulary_;
  std::span<int32_t> features_;  // of the corpus
  TrainingData data_;
};

}  // namespace

void TrainingData::begin_pass() {
  pieces->begin_pass();
  if (next_piece()) return;
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

TrainingData read_training_data(const Options& options, const TrainingEvents& events, int threads,
                                const std::atomic<bool>& stop) {
  return DataReader(options, events, threads, stop).read();
}

}  // namespace wordfire
