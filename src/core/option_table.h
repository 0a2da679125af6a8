// The one table of options. Command line flags, hyperparameters, defaults, ranges, checks, --help,
// the options in a manifest and the section of README all come from its rows.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/options.h"

namespace wordfire {

// The modes that train, each a verb of the command line. A row has a default for each.
enum class TrainingMode : uint8_t { kSupervised, kSkipgram, kCbow, kBatchSkipgram };
inline constexpr size_t kTrainingModes = 4;

// As the command line calls a mode: "batch-skipgram".
[[nodiscard]] std::string_view verb_of(TrainingMode mode);

// Which modes a row applies to: bit (1 << mode).
using ModeSet = uint8_t;
[[nodiscard]] constexpr ModeSet mode_set(TrainingMode mode) {
  return static_cast<ModeSet>(1u << static_cast<unsigned>(mode));
}

// The field that a row sets. Its type is the type of the option.
using OptionField =
    std::variant<int32_t ModelArgs::*, double ModelArgs::*, LossKind ModelArgs::*,
                 int32_t Options::*, int64_t Options::*, double Options::*, bool Options::*,
                 std::string Options::*, std::vector<std::string> Options::*,
                 InputFormat Options::*, DeviceWish Options::*>;

// Numbers that an option takes: low <= x <= high, or low < x <= high if `above`.
struct OptionRange {
  static constexpr double kLeastInteger = std::numeric_limits<int32_t>::min();
  static constexpr double kMostInteger = std::numeric_limits<int32_t>::max();
  static constexpr double kMostReal = std::numeric_limits<double>::max();

  double low = 0;
  double high = 0;
  bool above = false;
};

// What a row is in hyperparameters.json. BlazingText's names and defaults, and names of our own in
// their manner.
struct Hyperparameter {
  // NOLINTNEXTLINE(google-explicit-constructor): most rows are a name alone
  constexpr Hyperparameter(const char* name_in_jobs = "") : name(name_in_jobs) {}
  constexpr Hyperparameter(const char* name_in_jobs, bool is_tunable,
                           std::array<std::string_view, kTrainingModes> other_defaults = {})
      : name(name_in_jobs), tunable(is_tunable), defaults(other_defaults) {}

  std::string_view name;  // empty: a job cannot set it
  bool tunable = false;   // a tuning job may vary it
  // Where a job's default is another than the command line's; elsewhere empty.
  std::array<std::string_view, kTrainingModes> defaults = {};
};

enum class OptionGroup : uint8_t {
  kFiles,
  kDictionary,
  kTraining,
  kValidation,
  kCheckpoints,
  kMachine
};

struct OptionRow {
  OptionField field;
  std::string_view flag;  // fastText's name, without dash
  Hyperparameter hyperparameter;
  std::array<std::string_view, kTrainingModes> defaults;  // as written on a command line
  OptionRange range;                                      // of numbers
  OptionGroup group;
  ModeSet modes;
  std::string_view sentence;

  [[nodiscard]] std::string_view default_in(TrainingMode mode) const {
    return defaults[static_cast<size_t>(mode)];
  }
  // That of a job that is described by hyperparameters.
  [[nodiscard]] std::string_view job_default_in(TrainingMode mode) const {
    const std::string_view other = hyperparameter.defaults[static_cast<size_t>(mode)];
    return other.empty() ? default_in(mode) : other;
  }
  // A switch is given without a value.
  [[nodiscard]] bool is_switch() const { return std::holds_alternative<bool Options::*>(field); }
  // A list takes one value or more.
  [[nodiscard]] bool is_list() const {
    return std::holds_alternative<std::vector<std::string> Options::*>(field);
  }
};

// All rows, in the order of --help.
[[nodiscard]] std::span<const OptionRow> option_table();

// The row of a flag of `mode`, written without dashes; null if there is none.
[[nodiscard]] const OptionRow* find_option(std::string_view flag, TrainingMode mode);

// The row of a hyperparameter; null if there is none. Names are the same in all modes.
[[nodiscard]] const OptionRow* find_hyperparameter(std::string_view name);

// The options of a run that sets none, on the command line and in a job. (BlazingText's jobs take
// the character n-grams of word vectors only with the hyperparameter "subwords"; not here.)
[[nodiscard]] Options default_options(TrainingMode mode);
[[nodiscard]] Options default_job_options(TrainingMode mode);

// The mode of a run's options.
[[nodiscard]] TrainingMode mode_of(const Options& options);

}  // namespace wordfire
