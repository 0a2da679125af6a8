// The option table as text for people.
#pragma once

#include <string>

#include "core/option_table.h"

namespace wordfire {

// The options of a mode for --help: grouped, two columns, lines of at most 110 characters.
[[nodiscard]] std::string options_help(TrainingMode mode);

// The options of all modes as the tables in README.md, one a group: flag, hyperparameter, defaults,
// values, meaning.
[[nodiscard]] std::string options_markdown();

}  // namespace wordfire
