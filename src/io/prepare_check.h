// What must be so before `prepare` reads anything.
#pragma once

#include <string>
#include <vector>

#include "io/prepare.h"

namespace wordfire {

// Throws Error (usage) naming the option that is out of range, or a column that is named twice.
void check_prepare_options(const PrepareOptions& options);

// inputs: the tables. texts: what will be made of them. Throws Error (usage) when a file that is
// read would be written over.
void check_prepare_outputs(const PrepareOptions& options, std::vector<std::string> inputs,
                           std::vector<std::string> texts);

}  // namespace wordfire
