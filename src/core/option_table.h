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

// Which modes a row applies to: bit (1 << mode).
using ModeSet = uint8_t;
[[nodiscard]] constexpr ModeSet mode_set(TrainingMode mode) {
  return static_cast<ModeSet>(1u << static_cast<unsigned>(mode));
}

// The field that a row sets. Its type is the type of the option.
using OptionField =
    std::variant<int32_t ModelArgs::*, double ModelArgs::*, LossKind ModelArgs::*,
                 int32_t Options::*, int64_t Options::*, double Options::*, bool Options::*,
                 std::string Options::*, std::vector<std::string> Options::*>;

// Numbers that an option takes: low <= x <= high, or low < x <= high if `above`.
struct OptionRange {
  static constexpr double kLeastInteger = std::numeric_limits<int32_t>::min();
  static constexpr double kMostInteger = std::numeric_limits<int32_t>::max();
  static constexpr double kMostReal = std::numeric_limits<double>::max();

  double low = 0;
  double high = 0;
  bool above = false;
};

enum class OptionGroup : uint8_t { kFiles, kDictionary, kTraining, kValidation, kMachine };

struct OptionRow {
  OptionField field;
  std::string_view flag;                                  // fastText's name, without dash
  std::string_view hyperparameter;                        // BlazingText's name, or empty
  std::array<std::string_view, kTrainingModes> defaults;  // as written on a command line
  OptionRange range;                                      // of numbers
  OptionGroup group;
  ModeSet modes;
  std::string_view sentence;

  [[nodiscard]] std::string_view default_in(TrainingMode mode) const {
    return defaults[static_cast<size_t>(mode)];
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

// The options of a run that sets none.
[[nodiscard]] Options default_options(TrainingMode mode);

// The mode of a run's options.
[[nodiscard]] TrainingMode mode_of(const Options& options);

}  // namespace wordfire
