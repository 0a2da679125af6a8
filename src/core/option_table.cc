#include "core/option_table.h"

#include <limits>

#include "core/option_value.h"

namespace wordfire {
namespace {

constexpr OptionRange kNone{};
constexpr OptionRange kAnyInteger{OptionRange::kLeastInteger, OptionRange::kMostInteger};
constexpr OptionRange kCount{0, OptionRange::kMostInteger};
constexpr OptionRange kPositive{1, OptionRange::kMostInteger};
// Row numbers are 32 bits, and the vocabulary needs some of them.
constexpr OptionRange kBuckets{0, 1e9};
constexpr OptionRange kDimension{1, 1 << 20};
// A hundred are many; an example with more would hold up everything else, a request to stop too.
constexpr OptionRange kNegatives{1, 1000};
// Longer n-grams than this are not text, and their number grows with the square of a line's length.
constexpr OptionRange kCharNgram{0, 100};
constexpr OptionRange kWordNgram{1, 100};
// Rates that train are far below 1; the limit leaves room for those who try.
constexpr OptionRange kRate{0, 1000, true};
constexpr OptionRange kAboveZero{0, OptionRange::kMostReal, true};
// An OpenMP team larger than this is a slip of the hand, and libgomp ends the process when it
// cannot start one.
constexpr OptionRange kThreads{0, 1024};
constexpr OptionRange kMegabytes{0, 1e9};
constexpr OptionRange kExponent{0, 1};
// Lines of words are cut at 1,025.
constexpr OptionRange kWindow{1, 1024};
// The words of many windows in one product: beyond this they only wait for each other.
constexpr OptionRange kBatch{1, 1000};

constexpr ModeSet kClassifiers = mode_set(TrainingMode::kSupervised);
constexpr ModeSet kBatches = mode_set(TrainingMode::kBatchSkipgram);
constexpr ModeSet kPlainVectors = mode_set(TrainingMode::kSkipgram) | mode_set(TrainingMode::kCbow);
constexpr ModeSet kAll = kClassifiers | kPlainVectors | kBatches;

// Defaults by mode: the same in all; one of classifiers and one of word vectors; or those of
// supervised, skipgram, cbow and batch-skipgram.
using Defaults = std::array<std::string_view, kTrainingModes>;
constexpr Defaults every(std::string_view value) { return {value, value, value, value}; }
constexpr Defaults split(std::string_view classifiers, std::string_view vectors) {
  return {classifiers, vectors, vectors, vectors};
}

// Defaults of jobs that differ: of classifiers, or of batch-skipgram.
constexpr Defaults in_classifiers(std::string_view value) { return {value, "", "", ""}; }
constexpr Defaults in_batches(std::string_view value) { return {"", "", "", value}; }
constexpr bool kTuned = true;

using enum OptionGroup;

// A table reads by columns, which the formatter would break up.
// clang-format off
constexpr OptionRow kRows[] = {
    {&Options::input, "input", "", every(""), kNone, kFiles, kAll,
     "training text: files, folders, - for standard input, or pipe:PREFIX for FIFOs PREFIX_0, PREFIX_1, ...; plain, gzip or zstd"},
    {&Options::input_format, "inputFormat", "", every("auto"), kNone, kFiles, kAll,
     "what -input holds; auto: told by its first bytes"},
    {&Options::output, "output", "", every(""), kNone, kFiles, kAll,
     "path and name of the model; NAME.bin, NAME.vec and NAME.manifest.json are written"},
    {&Options::save_output, "saveOutput", "", every("false"), kNone, kFiles, kAll,
     "also write the output vectors, to NAME.output"},
    {&Options::prepare, "prepare", "", every(""), kNone, kFiles, kClassifiers,
     "recipe that made the training text; not given: prepare.json beside it, if any"},
    {&Options::pretrained_vectors, "pretrainedVectors", "", every(""), kNone, kFiles, kAll,
     "vectors to begin with: a .vec, GloVe or .npy file, word2vec binary, or a .bin model"},
    {&Options::check, "check", "", every("false"), kNone, kFiles, kAll,
     "read the text, report what was found, and stop"},
    {&Options::verbose, "verbose", "", every("2"), kCount, kFiles, kAll,
     "0: errors alone; 1: what was read, and how it ended; 2: progress too"},

    {&ModelArgs::min_count, "minCount", {"min_count", kTuned, in_classifiers("5")}, split("1", "5"), kCount, kDictionary, kAll,
     "words that occur less often are dropped"},
    {&Options::min_count_label, "minCountLabel", "min_count_label", every("0"), kCount, kDictionary, kClassifiers,
     "labels that occur less often are dropped"},
    {&ModelArgs::word_ngrams, "wordNgrams", {"word_ngrams", kTuned, in_classifiers("2")}, every("1"), kWordNgram, kDictionary, kClassifiers,
     "longest run of words that gets a vector; 1: single words"},
    {&ModelArgs::bucket, "bucket", {"buckets", kTuned}, every("2000000"), kBuckets, kDictionary, kAll,
     "vectors that all n-grams of words and characters share; none are made without n-grams"},
    {&ModelArgs::minn, "minn", {"min_char", kTuned, in_batches("3")}, {"0", "3", "3", "0"}, kCharNgram, kDictionary, kAll,
     "shortest run of a word's characters that gets a vector"},
    {&ModelArgs::maxn, "maxn", {"max_char", kTuned, in_batches("6")}, {"0", "6", "6", "0"}, kCharNgram, kDictionary, kAll,
     "longest run of a word's characters that gets a vector; 0: none do"},
    {&ModelArgs::t, "t", {"sampling_threshold", kTuned}, every("0.0001"), kAboveZero, kDictionary, kAll,
     "share of the text above which a word is thinned out; classifiers keep it in the model alone"},
    {&Options::label, "label", "label_prefix", every("__label__"), kNone, kDictionary, kAll,
     "how a token that is a label begins"},

    {&Options::lr, "lr", {"learning_rate", kTuned, in_classifiers("0.05")}, split("0.1", "0.05"), kRate, kTraining, kAll,
     "learning rate at the start; it falls to 0 in a straight line"},
    {&ModelArgs::lr_update_rate, "lrUpdateRate", "lr_update_rate", every("100"), kPositive, kTraining, kAll,
     "tokens after which a thread takes the next learning rate; word vectors do at each line"},
    {&ModelArgs::dim, "dim", {"vector_dim", kTuned}, every("100"), kDimension, kTraining, kAll,
     "numbers in a vector"},
    {&ModelArgs::ws, "ws", {"window_size", kTuned}, every("5"), kWindow, kTraining, kAll,
     "words of context on each side, at most; classifiers keep it in the model alone"},
    {&ModelArgs::epoch, "epoch", {"epochs", kTuned}, every("5"), kPositive, kTraining, kAll,
     "passes over the text; with -earlyStopping the most of them"},
    {&ModelArgs::neg, "neg", {"negative_samples", kTuned}, every("5"), kNegatives, kTraining, kAll,
     "wrong labels or words drawn for each true one, or each batch, with -loss ns"},
    {&Options::ns_exponent, "nsExponent", {"ns_exponent", kTuned}, every("0.5"), kExponent, kTraining, kAll,
     "how they are drawn: in proportion to this power of their count; word2vec has 0.75"},
    {&Options::batch_size, "batchSize", {"batch_size", kTuned}, {"", "", "", "11"}, kBatch, kTraining, kBatches,
     "at most so many words of a window's context share one set of negatives"},
    {&Options::exact, "exact", "exact", every("false"), kNone, kTraining, kPlainVectors,
     "take pair after pair, each with its own negatives, as fastText does; slower"},
    {&ModelArgs::loss, "loss", {"loss", kTuned}, split("softmax", "ns"), kNone, kTraining, kAll,
     "what is minimised; one-vs-all, or ova, suits lines with several labels"},
    {&Options::seed, "seed", {"seed", kTuned}, every("0"), kAnyInteger, kTraining, kAll,
     "where all random numbers start"},

    {&Options::validation, "validation", "", every(""), kNone, kValidation, kClassifiers,
     "labelled text to score after each epoch, given as for -input"},
    {&Options::validation_format, "validationFormat", "", every("auto"), kNone, kValidation, kClassifiers,
     "what -validation holds, as -inputFormat"},
    {&Options::early_stopping, "earlyStopping", "early_stopping", every("false"), kNone, kValidation, kClassifiers,
     "stop when the score no longer rises, and keep the weights of the best epoch"},
    {&Options::patience, "patience", "patience", every("4"), kPositive, kValidation, kClassifiers,
     "epochs without a better score before training stops"},
    {&Options::min_epochs, "minEpochs", "min_epochs", every("5"), kPositive, kValidation, kClassifiers,
     "epochs before training may stop"},
    {&Options::train_score, "trainScore", "", every("false"), kNone, kValidation, kClassifiers,
     "also score the training text at the end"},

    {&Options::checkpoint_dir, "checkpointDir", "", every(""), kNone, kCheckpoints, kAll,
     "folder for checkpoints, from which an interrupted run can go on; the last two are kept"},
    {&Options::checkpoint_minutes, "checkpointMinutes", "checkpoint_minutes", every("10"), kCount, kCheckpoints, kAll,
     "minutes between them, besides those at the ends of epochs; 0: those alone"},
    {&Options::resume, "resume", "", every("false"), kNone, kCheckpoints, kAll,
     "go on from the newest checkpoint, if text and options are the same; else start anew"},
    {&Options::tensorboard, "tensorboard", "", every(""), kNone, kCheckpoints, kAll,
     "folder for learning curves, as TensorBoard shows them"},

    {&Options::device, "device", "device", every("auto"), kNone, kMachine, kAll,
     "what trains; auto: a GPU where there is one that can be used, else the CPU"},
    {&Options::thread, "thread", "threads", every("0"), kThreads, kMachine, kAll,
     "threads; 0: as many as the process may use"},
    {&Options::deterministic, "deterministic", "deterministic", every("false"), kNone, kMachine, kAll,
     "equal text, options and seed give equal files, byte for byte, whatever -thread is"},
    {&Options::sharded, "sharded", "", every("false"), kNone, kMachine, kAll,
     "under mpirun: each rank's -input is a part of the text that it alone has; not given: all have the same text, and share it"},
    {&Options::sharded_validation, "shardedValidation", "", every("false"), kNone, kMachine, kClassifiers,
     "the same of -validation"},
    {&Options::half_traffic, "halfTraffic", "half_traffic", every("false"), kNone, kMachine, kAll,
     "under mpirun: ranks send each other half as much, rounded to 16 bits"},
    {&Options::memory_mb, "memory", "memory_mb", every("0"), kMegabytes, kMachine, kAll,
     "MiB that the encoded text may take; 0: half of what the process may use"},
    {&Options::scratch_dir, "scratchDir", "", every(""), kNone, kMachine, kAll,
     "folder for encoded text that does not fit; not given: the folder of -output"},
    {&Options::scratch_mb, "scratch", "scratch_mb", every("0"), kMegabytes, kMachine, kAll,
     "MiB that it may take there, behind which each epoch reads the text again; 0: half of what is free"},
};
// clang-format on

// default_of(row): what a run has that sets none.
template <typename DefaultOf>
Options options_of(TrainingMode mode, DefaultOf default_of) {
  Options options;
  if (mode == TrainingMode::kCbow) options.args.model = ModelKind::kCbow;
  if (mode == TrainingMode::kSkipgram || mode == TrainingMode::kBatchSkipgram) {
    options.args.model = ModelKind::kSkipgram;
  }
  for (const OptionRow& row : kRows) {
    const std::string_view text = default_of(row);
    if (!text.empty() && (row.modes & mode_set(mode)) != 0) set_option(options, row, text);
  }
  return options;
}

}  // namespace

std::string_view verb_of(TrainingMode mode) {
  constexpr std::array<std::string_view, kTrainingModes> kVerbs = {"supervised", "skipgram", "cbow",
                                                                   "batch-skipgram"};
  return kVerbs[static_cast<size_t>(mode)];
}

std::span<const OptionRow> option_table() { return kRows; }

const OptionRow* find_option(std::string_view flag, TrainingMode mode) {
  for (const OptionRow& row : kRows) {
    if (row.flag == flag && (row.modes & mode_set(mode)) != 0) return &row;
  }
  return nullptr;
}

const OptionRow* find_hyperparameter(std::string_view name) {
  for (const OptionRow& row : kRows) {
    if (!name.empty() && row.hyperparameter.name == name) return &row;
  }
  return nullptr;
}

Options default_options(TrainingMode mode) {
  return options_of(mode, [mode](const OptionRow& row) { return row.default_in(mode); });
}

Options default_job_options(TrainingMode mode) {
  return options_of(mode, [mode](const OptionRow& row) { return row.job_default_in(mode); });
}

TrainingMode mode_of(const Options& options) {
  if (options.args.model == ModelKind::kSupervised) return TrainingMode::kSupervised;
  if (options.args.model == ModelKind::kCbow) return TrainingMode::kCbow;
  return options.batch_size > 0 ? TrainingMode::kBatchSkipgram : TrainingMode::kSkipgram;
}

}  // namespace wordfire
