// Keeps a program from writing over the text that it reads.
#pragma once

#include <span>
#include <string>

namespace wordfire {

// Throws Error (usage) when one of `outputs` is one of `inputs`, by whatever path or link; "-" is
// standard input. Paths where nothing is are no input.
void refuse_overwriting(std::span<const std::string> inputs, std::span<const std::string> outputs);

}  // namespace wordfire
