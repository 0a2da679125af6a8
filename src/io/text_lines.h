// A text file line by line, for files that are read once, by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace wordfire {

// Calls line(text, number) for each line of the file at `path`, which may be compressed: its end,
// "\n" or "\r\n", cut off, and its number from 1. Throws what LineBlockReader and `line` throw.
void for_each_line(const std::string& path,
                   const std::function<void(std::string_view text, int64_t number)>& line);

}  // namespace wordfire
