#include "core/sentence_vector.h"

#include <algorithm>

#include "core/unit_rows.h"

namespace wordfire {

std::span<const float> sentence_vector(const WordLookup& words, std::string_view line,
                                       SentenceScratch& scratch) {
  const auto dim = static_cast<size_t>(words.dim());
  scratch.word.resize(dim);
  scratch.mean.assign(dim, 0.0f);
  if (line.ends_with('\n')) line.remove_suffix(1);
  split_line(line, scratch.line);
  int64_t count = 0;
  for (const std::string_view word : scratch.line.tokens) {
    words.copy_vector(word, scratch.lookup, scratch.word.data());
    if (std::ranges::all_of(scratch.word, [](float x) { return x == 0; })) continue;
    make_unit(scratch.word);
    for (size_t i = 0; i < dim; ++i) scratch.mean[i] += scratch.word[i];
    ++count;
  }
  if (count > 0) {
    for (float& x : scratch.mean) x /= static_cast<float>(count);
  }
  return scratch.mean;
}

}  // namespace wordfire
