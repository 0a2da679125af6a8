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

constexpr ModeSet kAll = mode_set(TrainingMode::kSupervised);

using enum OptionGroup;

// A table reads by columns, which the formatter would break up.
// clang-format off
constexpr OptionRow kRows[] = {
    {&Options::input, "input", "", {""}, kNone, kFiles, kAll,
     "training text: files, folders, or - for standard input; plain, gzip or zstd"},
    {&Options::output, "output", "", {""}, kNone, kFiles, kAll,
     "path and name of the model; NAME.bin, NAME.vec and NAME.manifest.json are written"},
    {&Options::save_output, "saveOutput", "", {"false"}, kNone, kFiles, kAll,
     "also write the output vectors, to NAME.output"},
    {&Options::prepare, "prepare", "", {""}, kNone, kFiles, kAll,
     "recipe that made the training text; not given: prepare.json beside it, if any"},
    {&Options::check, "check", "", {"false"}, kNone, kFiles, kAll,
     "read the text, report what was found, and stop"},
    {&Options::verbose, "verbose", "", {"2"}, kCount, kFiles, kAll,
     "0: errors alone; 1: what was read, and how it ended; 2: progress too"},

    {&ModelArgs::min_count, "minCount", "min_count", {"1"}, kCount, kDictionary, kAll,
     "words that occur less often are dropped"},
    {&Options::min_count_label, "minCountLabel", "", {"0"}, kCount, kDictionary, kAll,
     "labels that occur less often are dropped"},
    {&ModelArgs::word_ngrams, "wordNgrams", "word_ngrams", {"1"}, kWordNgram, kDictionary, kAll,
     "longest run of words that gets a vector; 1: single words"},
    {&ModelArgs::bucket, "bucket", "buckets", {"2000000"}, kBuckets, kDictionary, kAll,
     "vectors that all n-grams of words and characters share; none are made without n-grams"},
    {&ModelArgs::minn, "minn", "min_char", {"0"}, kCharNgram, kDictionary, kAll,
     "shortest run of a word's characters that gets a vector"},
    {&ModelArgs::maxn, "maxn", "max_char", {"0"}, kCharNgram, kDictionary, kAll,
     "longest run of a word's characters that gets a vector; 0: none do"},
    {&ModelArgs::t, "t", "sampling_threshold", {"0.0001"}, kAboveZero, kDictionary, kAll,
     "share of the text above which a word is thinned out; kept in the model, not used by classifiers"},
    {&Options::label, "label", "", {"__label__"}, kNone, kDictionary, kAll,
     "how a token that is a label begins"},

    {&Options::lr, "lr", "learning_rate", {"0.1"}, kRate, kTraining, kAll,
     "learning rate at the start; it falls to 0 in a straight line"},
    {&ModelArgs::lr_update_rate, "lrUpdateRate", "", {"100"}, kPositive, kTraining, kAll,
     "tokens after which a thread takes the next learning rate"},
    {&ModelArgs::dim, "dim", "vector_dim", {"100"}, kDimension, kTraining, kAll,
     "numbers in a vector"},
    {&ModelArgs::ws, "ws", "window_size", {"5"}, kPositive, kTraining, kAll,
     "words of context on each side; kept in the model, not used by classifiers"},
    {&ModelArgs::epoch, "epoch", "epochs", {"5"}, kPositive, kTraining, kAll,
     "passes over the text; with -earlyStopping the most of them"},
    {&ModelArgs::neg, "neg", "negative_samples", {"5"}, kPositive, kTraining, kAll,
     "wrong labels drawn for each true one, with -loss ns"},
    {&ModelArgs::loss, "loss", "", {"softmax"}, kNone, kTraining, kAll,
     "what is minimised; one-vs-all, or ova, suits lines with several labels"},
    {&Options::seed, "seed", "", {"0"}, kAnyInteger, kTraining, kAll,
     "where all random numbers start"},

    {&Options::validation, "validation", "", {""}, kNone, kValidation, kAll,
     "labelled text to score after each epoch, given as for -input"},
    {&Options::early_stopping, "earlyStopping", "early_stopping", {"false"}, kNone, kValidation, kAll,
     "stop when the score no longer rises, and keep the weights of the best epoch"},
    {&Options::patience, "patience", "patience", {"4"}, kPositive, kValidation, kAll,
     "epochs without a better score before training stops"},
    {&Options::min_epochs, "minEpochs", "min_epochs", {"5"}, kPositive, kValidation, kAll,
     "epochs before training may stop"},

    {&Options::thread, "thread", "", {"0"}, kThreads, kMachine, kAll,
     "threads; 0: as many as the process may use"},
    {&Options::deterministic, "deterministic", "", {"false"}, kNone, kMachine, kAll,
     "equal text, options and seed give equal files, byte for byte, whatever -thread is"},
    {&Options::memory_mb, "memory", "", {"0"}, kMegabytes, kMachine, kAll,
     "MiB that the encoded text may take; 0: half of what the process may use"},
    {&Options::scratch_dir, "scratchDir", "", {""}, kNone, kMachine, kAll,
     "folder for encoded text that does not fit; not given: the folder of -output"},
};
// clang-format on

}  // namespace

std::span<const OptionRow> option_table() { return kRows; }

const OptionRow* find_option(std::string_view flag, TrainingMode mode) {
  for (const OptionRow& row : kRows) {
    if (row.flag == flag && (row.modes & mode_set(mode)) != 0) return &row;
  }
  return nullptr;
}

Options default_options(TrainingMode mode) {
  Options options;
  for (const OptionRow& row : kRows) {
    const std::string_view text = row.default_in(mode);
    if (!text.empty()) set_option(options, row, text);
  }
  return options;
}

}  // namespace wordfire
