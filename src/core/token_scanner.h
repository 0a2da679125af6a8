// Finds the tokens of a block of text, 64 bytes at a time, without a branch for each byte.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace wordfire {

// One bit a byte of the text: is it a separator, is it '\n'? Bit i of word w is byte 64 w + i.
struct ByteClasses {
  std::vector<uint64_t> separators;
  std::vector<uint64_t> newlines;
};

// Fills `classes` for text[0, size); the bytes up to the next multiple of 64 must be readable and
// 0.
void classify_bytes(const char* text, size_t size, ByteClasses& classes);

// Calls token(begin, end) for each token and newline(position) for each '\n', in order of the text.
// A token that reaches the end of the text ends there.
template <typename Token, typename Newline>
void scan_tokens(const ByteClasses& classes, size_t size, Token token, Newline newline) {
  uint64_t previous = 1;  // the byte before the text counts as a separator
  size_t begin = 0;
  for (size_t word = 0; word < classes.separators.size(); ++word) {
    const uint64_t separator = classes.separators[word];
    const uint64_t shifted = (separator << 1) | previous;
    const uint64_t starts = ~separator & shifted;
    uint64_t events = (separator & ~shifted) | classes.newlines[word] | starts;
    previous = separator >> 63;
    for (; events != 0; events &= events - 1) {
      const uint64_t bit = events & -events;
      const size_t at = word * 64 + static_cast<size_t>(std::countr_zero(events));
      if (starts & bit) {
        begin = at;
        continue;
      }
      if (bit & ~shifted) token(begin, at);
      if (bit & classes.newlines[word]) newline(at);
    }
  }
  // Bytes behind the text are 0, a separator: only a text of a whole number of words can end in a
  // token.
  if (previous == 0) token(begin, size);
}

}  // namespace wordfire
