// From bytes to ids: finding tokens and counting them. Each first compares its answer with a plain
// loop.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/rng.h"
#include "core/text_features.h"
#include "core/token_scanner.h"
#include "core/vocabulary.h"

namespace wordfire {
namespace {

// Lines of words of 1 to 12 letters; the words are Zipf-like.
std::string make_text(size_t bytes) {
  Rng rng(7);
  std::string text;
  while (text.size() < bytes) {
    const uint32_t range = 1u << (4 + rng.below(14));
    uint64_t letters = mix64(rng.below(range));
    for (uint64_t n = 1 + letters % 12; n > 0; --n, letters = mix64(letters)) {
      text += static_cast<char>('a' + letters % 26);
    }
    text += rng.below(40) == 0 ? '\n' : ' ';
  }
  return text;
}

size_t count_plainly(const std::string& text) {
  size_t tokens = 0;
  bool inside = false;
  for (const char c : text) {
    if (!is_separator(c) && !inside) ++tokens;
    inside = !is_separator(c);
  }
  return tokens;
}

size_t count_by_scanner(const std::string& text, ByteClasses& classes) {
  size_t tokens = 0;
  classify_bytes(text.data(), text.size(), classes);
  scan_tokens(
      classes, text.size(), [&](size_t, size_t) { ++tokens; }, [](size_t) {});
  return tokens;
}

void find_tokens(benchmark::State& state) {
  const std::string text = make_text(256 << 10);
  ByteClasses classes;
  if (count_by_scanner(text, classes) != count_plainly(text)) {
    return state.SkipWithError("differs from the plain loop");
  }
  for (auto _ : state) benchmark::DoNotOptimize(count_by_scanner(text, classes));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}
BENCHMARK(find_tokens);

void count_words(benchmark::State& state) {
  const std::string text = make_text(256 << 10);
  ByteClasses classes;
  VocabularyCounter counter;
  int64_t tokens = 0;
  for (auto _ : state) {
    classify_bytes(text.data(), text.size(), classes);
    scan_tokens(
        classes, text.size(),
        [&](size_t begin, size_t end) {
          const std::string_view token = std::string_view(text).substr(begin, end - begin);
          counter.add(token, Dictionary::hash_of(token), 0);
          ++tokens;
        },
        [](size_t) {});
  }
  state.SetItemsProcessed(tokens);
}
BENCHMARK(count_words);

}  // namespace
}  // namespace wordfire
