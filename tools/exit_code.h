// The one place that decides exit statuses: 0 done, 1 no verb, 64 wrong option or argument, 65
// wrong data or model, 66 no input, 70 internal, 73 cannot create, 74 input or output failed, 128 +
// n stopped by signal n.
#pragma once

#include <functional>
#include <string_view>

#include "core/error.h"

namespace wordfire {

inline constexpr int kExitDone = 0;
inline constexpr int kExitNoVerb = 1;
inline constexpr int kExitIo = 74;

[[nodiscard]] int exit_code(const Error& error);
[[nodiscard]] constexpr int exit_code_of_signal(int signal) { return 128 + signal; }

// Tells why a program fails. error: null for what is none of our family. Called once, at the worst
// of times: memory may have run out.
using FailureReport = void (*)(std::string_view message, const Error* error) noexcept;
// One line on standard error.
void print_failure(std::string_view message, const Error* error) noexcept;

// Runs a program and returns its exit status. What it throws is reported and becomes the status
// that fits; memory that ran out and exceptions of other families are internal. One at a time.
[[nodiscard]] int run_program(const std::function<int()>& program,
                              FailureReport report = print_failure);

}  // namespace wordfire
