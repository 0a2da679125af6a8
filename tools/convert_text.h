// convert, of training text: lines in any format that training reads, written in another.
#pragma once

#include <cstdint>
#include <string>

#include "core/options.h"

namespace wordfire {

struct TextConversion {
  std::string input;   // as for -input
  std::string output;  // a file, or "-" for standard output
  InputFormat from = InputFormat::kAuto;
  InputFormat to = InputFormat::kText;
  std::string label_prefix = "__label__";
};

// Returns the number of lines. The file has its name when all of it is written. Throws Error: as
// the reader and the writer of the formats do, naming file and line; (usage) where the output would
// replace the input.
int64_t convert_text(const TextConversion& conversion);

}  // namespace wordfire
