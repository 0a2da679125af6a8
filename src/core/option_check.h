// Checks that need more than one option at a time.
#pragma once

#include "core/options.h"

namespace wordfire {

// The options as the run will use them: those given, with bucket 0 where there are no n-grams to
// hash (as in fastText, so that the model has no unused rows). Throws Error (usage) for options
// that contradict each other or lack one another, naming the option to change.
[[nodiscard]] Options check_options(Options options);

}  // namespace wordfire
