// From the text of a line to the rows of the input matrix: words, character n-grams (Bojanowski et al.,
// arXiv:1607.04606, section 3.2) and word n-grams (Joulin et al., arXiv:1607.01759), with fastText's hashes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/dictionary.h"
#include "core/options.h"

namespace wordfire {

// Tokens are separated by blank, \t, \v, \f, \r, \n and NUL, as in fastText.
[[nodiscard]] constexpr bool is_separator(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

struct TokenBuffer {
  std::vector<std::string_view> texts;
  std::vector<uint64_t> hashes;
};

struct LineFeatures {
  std::vector<int32_t> features;  // input rows
  std::vector<int32_t> labels;    // [0, nlabels)
  std::vector<int32_t> word_hashes;  // scratch for word n-grams
  int64_t ntokens = 0;
};

// Calls add(bucket) for each character n-gram of "<word>" with minn <= length <= maxn, in characters of UTF-8.
// bucket in [0, args.bucket).
template <typename Add>
void for_each_subword(std::string_view word, const ModelArgs& args, Add add);

// Appends the input rows of `word` (id -1: out of vocabulary) to `features`.
void append_word(const Dictionary& dictionary, const ModelArgs& args, int32_t id,
                 std::string_view word, std::vector<int32_t>& features);

// Appends the input rows of all word n-grams, 2 <= n <= word_ngrams, over the words' FNV hashes.
void append_word_ngrams(const Dictionary& dictionary, const ModelArgs& args,
                        std::span<const int32_t> hashes, std::vector<int32_t>& features);

// Reads one line (see Predictor::encode) into `line`.
void encode_line(const Model& model, std::string_view text, TokenBuffer& tokens,
                 LineFeatures& line);

}  // namespace wordfire
