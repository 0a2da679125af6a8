#include "core/subword_table.h"

#include <algorithm>
#include <string>

#include "core/parallel.h"
#include "core/text_features.h"

namespace wordfire {

int64_t subword_count(std::string_view word, const ModelArgs& args) {
  if (word == kEndOfLine || args.maxn <= 0 || args.bucket <= 0) return 0;
  // Of "<word>"; what continues no character belongs to the one before it.
  const int64_t characters =
      2 + std::count_if(word.begin(), word.end(), [](char c) { return !is_utf8_continuation(c); });
  const int64_t shortest = std::max(args.minn, 1);
  int64_t count = shortest == 1 ? -2 : 0;  // a bracket alone is none
  for (int64_t n = shortest; n <= std::min<int64_t>(args.maxn, characters); ++n) {
    count += characters - n + 1;
  }
  return count;
}

int64_t SubwordTable::bytes_for(const Dictionary& dictionary, const ModelArgs& args) {
  if (args.maxn <= 0) return 0;
  int64_t rows = dictionary.nwords();
  for (int32_t word = 0; word < dictionary.nwords(); ++word) {
    rows += subword_count(dictionary.text(word), args);
  }
  return rows * int64_t{sizeof(int32_t)} + dictionary.nwords() * int64_t{sizeof(int64_t)};
}

SubwordTable::SubwordTable(const Dictionary& dictionary, const ModelArgs& args, int threads) {
  if (args.maxn <= 0) return;
  constexpr int64_t kGrain = 4096;
  const int32_t nwords = dictionary.nwords();
  end_.reserve(static_cast<size_t>(nwords));
  int64_t rows = 0;
  for (int32_t word = 0; word < nwords; ++word) {
    rows += 1 + subword_count(dictionary.text(word), args);
    end_.push_back(rows);
  }
  rows_.resize(static_cast<size_t>(rows));
  parallel_for(nwords, kGrain, threads, [&](int64_t begin, int64_t end) {
    std::string bracketed;
    for (auto word = static_cast<int32_t>(begin); word < end; ++word) {
      const std::string_view text = dictionary.text(word);
      int32_t* row = rows_.data() + (word == 0 ? 0 : end_[static_cast<size_t>(word) - 1]);
      *row++ = word;
      if (text == kEndOfLine || args.bucket <= 0) continue;
      bracketed.assign(1, '<').append(text).push_back('>');
      for_each_subword(bracketed, args, [&](int32_t bucket) { *row++ = nwords + bucket; });
    }
  });
}

}  // namespace wordfire
