#include "train/training_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "io/byte_source.h"
#include "io/pipe_path.h"
#include "io/recipe.h"
#include "train/corpus_encoder.h"
#include "train/memory_estimate.h"
#include "train/text_counter.h"
#include "train/word_encoder.h"

namespace wordfire {
namespace {

constexpr int64_t kMebibyte = int64_t{1} << 20;

std::string names(const Options& options) {
  return fmt::format("{}", fmt::join(options.input, ", "));
}

bool is_blank(const CountedText& text) {
  return std::all_of(text.blocks.begin(), text.blocks.end(), [](const CountedBlock& block) {
    return std::all_of(block.line_hash.begin(), block.line_hash.end(),
                       [](uint64_t hash) { return hash == 0; });
  });
}

void check_labels(const Options& options, const CountedText& text, const Dictionary& dictionary) {
  if (dictionary.nlabels() == 0) {
    throw Error::data(
        fmt::format("{}: no label among {} tokens, want lines like \"{}name some words\"; "
                    "set -label if the prefix is another one, lower -minCountLabel if it is "
                    "set",
                    names(options), text.tokens, options.label));
  }
  if (dictionary.nlabels() == 1) {
    throw Error::data(fmt::format("{}: one label only (\"{}\"), want at least two to tell apart",
                                  names(options), dictionary.label(0)));
  }
}

// A word predicts others, so there must be others.
void check_words(const Options& options, const Dictionary& dictionary) {
  if (dictionary.nwords() > 1) return;
  throw Error::data(
      fmt::format("{}: one word only (\"{}\") that occurs at least {} times, want at "
                  "least two to tell apart; lower -minCount",
                  names(options), dictionary.text(0), options.args.min_count));
}

// What must be so before it makes sense to train.
void check_vocabulary(const Options& options, const CountedText& text,
                      const Vocabulary& vocabulary) {
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  if (is_blank(text)) {
    throw Error::data(is_classifier
                          ? fmt::format("{}: no text, want lines like \"{}name some words\"",
                                        names(options), options.label)
                          : fmt::format("{}: no text, want lines of words", names(options)));
  }
  const Dictionary& dictionary = vocabulary.dictionary;
  if (is_classifier) check_labels(options, text, dictionary);
  if (dictionary.nwords() == 0) {
    throw Error::data(fmt::format("{}: no word is left of {} tokens; lower -minCount",
                                  names(options), text.tokens));
  }
  if (!is_classifier) check_words(options, dictionary);
}

// A label must have a name behind the prefix.
void check_label_names(const Options& options, const CountedText& text) {
  for (const VocabularyCounter& counter : text.counters) {
    for (int32_t id = 0; id < counter.size(); ++id) {
      if (counter.text(id) != options.label) continue;
      throw Error::data(fmt::format("{}: label \"{}\" has no name; write \"{}x\"",
                                    text.describe(counter.first_place(id)), options.label,
                                    options.label));
    }
  }
}

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

std::shared_ptr<StorageBudget> make_budget(const Options& options) {
  const int64_t memory =
      options.memory_mb > 0 ? options.memory_mb * kMebibyte : usable_memory() / 2;
  std::string folder = options.scratch_dir;
  if (folder.empty()) folder = std::filesystem::path(options.output).parent_path().string();
  return std::make_shared<StorageBudget>(memory, folder.empty() ? "." : folder);
}

// Before rows are renumbered.
void take_fingerprint(TrainingData& data) {
  data.fingerprint.vocabulary = fingerprint(data.model->dictionary);
  data.fingerprint.examples = fingerprint(data.corpus);
  if (data.validation) data.fingerprint.validation = fingerprint(data.validation->corpus);
}

void renumber(std::span<int32_t> rows, const BucketRows& buckets, int threads) {
  parallel_for(static_cast<int64_t>(rows.size()), kMebibyte, threads,
               [&](int64_t begin, int64_t end) {
                 buckets.renumber(
                     rows.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)));
               });
}

}  // namespace

TrainingData read_training_data(const Options& options, const TrainingEvents& events, int threads,
                                const std::atomic<bool>& stop) {
  TrainingData data;
  const std::vector<std::string> files = list_input_files(options.input);
  data.recipe_json = recipe_of(options, files, events);
  const std::vector<std::string> validation_files = options.validation.empty()
                                                        ? std::vector<std::string>()
                                                        : list_input_files(options.validation);
  if (!options.pretrained_vectors.empty()) {
    data.pretrained.emplace(options.pretrained_vectors, options.args);
  }
  const std::shared_ptr<StorageBudget> budget = make_budget(options);

  CountedText text = count_text(files, reading_of(options, options.input_format), budget, threads,
                                events.reading, stop);
  throw_if(stop);
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  if (is_classifier) check_label_names(options, text);
  Vocabulary vocabulary = merge_vocabulary(text.counters, options.label, options.args.min_count,
                                           options.min_count_label);
  if (data.pretrained) data.pretrained->add_words(text.counters, options.label, vocabulary);
  check_vocabulary(options, text, vocabulary);
  data.model = std::make_shared<Model>();
  data.model->args = options.args;
  data.model->label_prefix = options.label;
  data.model->dictionary = std::move(vocabulary.dictionary);
  check_tables(text, vocabulary.ids, *data.model);
  data.buckets = BucketRows(data.model->dictionary.nwords(), options.args.bucket);
  if (!validation_files.empty()) {
    data.validation =
        read_validation(validation_files, reading_of(options, options.validation_format),
                        *data.model, budget, data.buckets, stop);
  }
  std::span<int32_t> features;
  if (is_classifier) {
    const EncodedCorpus encoded =
        encode_corpus(text, vocabulary.ids, *data.model, budget, threads, data.buckets);
    data.corpus = encoded.corpus;
    features = encoded.features;
    if (data.corpus.examples() == 0) {
      throw Error::data(names(options) + ": no line has both a label and a word; lower -minCount");
    }
  } else {
    data.corpus = encode_words(text, vocabulary.ids, data.model->dictionary, budget, threads);
  }
  if (events.corpus) {
    events.corpus(describe_corpus(text, data.model->dictionary, data.corpus.examples(),
                                  data.validation ? &*data.validation : nullptr));
  }
  text = CountedText();
  if (!options.checkpoint_dir.empty()) take_fingerprint(data);

  data.subwords = SubwordTable(data.model->dictionary, options.args, threads);
  data.buckets.count(data.subwords.rows());
  if (data.pretrained)
    data.pretrained->count_buckets(data.model->dictionary.nwords(), data.buckets);
  data.buckets.finish();
  renumber(features, data.buckets, threads);
  renumber(data.subwords.rows(), data.buckets, threads);
  if (data.validation) renumber(data.validation->features, data.buckets, threads);
  const MemoryEstimate estimate = estimate_memory(options, data, threads, *budget);
  if (events.memory) events.memory(estimate);
  check_memory(estimate);
  return data;
}

}  // namespace wordfire
