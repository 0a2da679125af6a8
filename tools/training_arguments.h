// The command line of a training verb, read by the option table.
#pragma once

#include <span>
#include <string>

#include "core/option_table.h"

namespace wordfire {

// The options of the mode, set by `-flag value`, `--flag value`, `-flag=value`; a list takes all
// values up to the next flag. A flag given twice: the last one counts, lists grow. Not yet checked
// against each other. Throws Error (usage) naming the option.
[[nodiscard]] Options parse_training_arguments(std::span<const std::string> args,
                                               TrainingMode mode);

}  // namespace wordfire
