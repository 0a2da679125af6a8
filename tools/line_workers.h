// Lines of text, worked on by several threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace wordfire {

// Calls line(worker, text) for each line of the file at `path` ("-": standard input), in no order;
// `text` ends in '\n' where the file's line does. Throws what reading and `line` throw.
void each_line(const std::string& path, int threads,
               const std::function<void(int worker, std::string_view text)>& line);

// Appends to `out` what a line becomes.
using LineText = std::function<void(int worker, std::string_view text, std::string& out)>;

// Calls line(worker, text, out) for each line as above, and write() with what they appended, in the
// order of the lines. Memory is bounded, whatever the lines become. Where reading fails, what
// became of the lines before that place is written first.
void map_lines(const std::string& path, int threads, const LineText& line,
               const std::function<void(std::string_view)>& write);

}  // namespace wordfire
