// What the programs of the ladders share: "--check" in front of the arguments, and errors.
#pragma once

#include <cstdio>
#include <string_view>

#include "bench/gpu/arguments.h"
#include "core/error.h"

namespace wordfire::ladder {

// climb(arguments, whether the rungs are only compared with plain loops): returns the exit status.
// Of an Error, which it says on standard error, that is 1.
template <typename Climb>
int ladder_main(const char* program, int argc, char** argv, Climb climb) {
  try {
    const bool only_check = argc > 1 && std::string_view(argv[1]) == "--check";
    const int skipped = only_check ? 1 : 0;
    return climb(Arguments(argc - skipped, argv + skipped), only_check);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s: %s\n", program, error.what());
    return 1;
  }
}

}  // namespace wordfire::ladder
