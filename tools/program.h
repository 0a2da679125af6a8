// What every program of ours does first and last.
#pragma once

#include <span>
#include <string>

#include "exit_code.h"

namespace wordfire {

// A program: takes its arguments, without its own name, and returns its exit status.
using Program = int (*)(std::span<const std::string> args);

// The body of main(): guards the standard streams, runs the program, and closes standard output,
// which may fail only then. Returns what main() should, as run_program() does.
[[nodiscard]] int run_main(int argc, const char* const* argv, Program program,
                           FailureReport report = print_failure);

}  // namespace wordfire
