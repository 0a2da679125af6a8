// Standard output and standard error of the programs: what fails on them is an error, never a
// signal.
#pragma once

#include <string_view>

namespace wordfire {

// To be called first. A closed pipe becomes an error of write(), and descriptors 0 to 2 that the
// caller closed are taken, so that no model file is opened under their numbers.
void protect_standard_streams();

// Writes all of `text` to standard output at once, unbuffered. Throws Error (io).
void write_stdout(std::string_view text);
// Closes standard output: what the system kept back may fail only now. Throws Error (io).
void close_stdout();

// "wordfire: MESSAGE\n" on standard error, control characters shown as '?', so that it stays one
// line.
void print_error(std::string_view message);
// Text as it is on standard error. What cannot be written there is lost.
void write_stderr(std::string_view text);

}  // namespace wordfire
