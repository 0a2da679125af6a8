// From the text of a line to the rows of the input matrix: words, character n-grams (Bojanowski et
// al., arXiv:1607.04606, section 3.2) and word n-grams (Joulin et al., arXiv:1607.01759), with
// fastText's hashes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dictionary.h"
#include "core/hash.h"
#include "core/options.h"
#include "core/token_key.h"
#include "core/token_scanner.h"

namespace wordfire {

struct Model;

// Tokens are separated by blank, \t, \v, \f, \r, \n and NUL, as in fastText.
[[nodiscard]] constexpr bool is_separator(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

// fastText's hash of a word n-gram, grown by one word: hashes are sign-extended from 32 bits to 64.
[[nodiscard]] constexpr uint64_t extend_word_ngram(uint64_t hash, uint32_t next) noexcept {
  return hash * 116049371u + static_cast<uint64_t>(int64_t{static_cast<int32_t>(next)});
}
[[nodiscard]] constexpr uint64_t begin_word_ngram(uint32_t first) noexcept {
  return static_cast<uint64_t>(int64_t{static_cast<int32_t>(first)});
}

// Whether byte `c` continues a UTF-8 character.
[[nodiscard]] constexpr bool is_utf8_continuation(char c) noexcept { return (c & 0xC0) == 0x80; }

// Calls add(begin, end, bucket) for each n-gram bracketed[begin, end) of the characters of
// `bracketed`, which is "<word>", with minn <= n <= maxn; the brackets alone are not n-grams.
// bucket in [0, args.bucket). Invalid UTF-8 is cut as its bytes happen to lie.
template <typename Add>
void for_each_ngram(std::string_view bracketed, const ModelArgs& args, Add add) {
  const size_t size = bracketed.size();
  for (size_t begin = 0; begin < size; ++begin) {
    if (is_utf8_continuation(bracketed[begin])) continue;
    uint32_t hash = kFnvOffset;
    size_t end = begin;
    for (int32_t n = 1; end < size && n <= args.maxn; ++n) {
      hash = fnv1a_step(hash, bracketed[end++]);
      while (end < size && is_utf8_continuation(bracketed[end])) {
        hash = fnv1a_step(hash, bracketed[end++]);
      }
      const bool bracket_alone = n == 1 && (begin == 0 || end == size);
      if (n >= args.minn && !bracket_alone) {
        add(begin, end, static_cast<int32_t>(hash % static_cast<uint32_t>(args.bucket)));
      }
    }
  }
}

// The same for callers that want no more than add(bucket).
template <typename Add>
void for_each_subword(std::string_view bracketed, const ModelArgs& args, Add add) {
  for_each_ngram(bracketed, args, [&](size_t, size_t, int32_t bucket) { add(bucket); });
}

// x % divisor by two multiplications instead of a division, which costs as much as the rest of an
// n-gram.
class Modulo {
 public:
  explicit constexpr Modulo(uint32_t divisor) noexcept
      : divisor_(divisor), reciprocal_(~uint64_t{0} / divisor) {}

  [[nodiscard]] constexpr uint32_t of(uint64_t x) const noexcept {
    // The quotient is at most 2 too small: reciprocal > 2^64 / divisor - 2.
    const auto quotient =
        static_cast<uint64_t>((static_cast<unsigned __int128>(x) * reciprocal_) >> 64);
    uint64_t rest = x - quotient * divisor_;
    rest = rest >= divisor_ ? rest - divisor_ : rest;
    rest = rest >= divisor_ ? rest - divisor_ : rest;
    return static_cast<uint32_t>(rest);
  }

 private:
  uint64_t divisor_;
  uint64_t reciprocal_;
};

// Calls add(bucket) for each word n-gram that begins with word `first`: 2 <= n <= longest, as far
// as there are words. hashes: the FNV hashes of a line's words.
template <typename Add>
void for_each_word_ngram_from(size_t first, std::span<const uint32_t> hashes, size_t longest,
                              Modulo bucket, Add add) {
  uint64_t hash = begin_word_ngram(hashes[first]);
  const size_t end = std::min(hashes.size(), first + longest);
  for (size_t next = first + 1; next < end; ++next) {
    hash = extend_word_ngram(hash, hashes[next]);
    add(static_cast<int32_t>(bucket.of(hash)));
  }
}

// Calls add(bucket) for each word n-gram, 2 <= n <= args.word_ngrams, by first word.
template <typename Add>
void for_each_word_ngram(std::span<const uint32_t> hashes, const ModelArgs& args, Add add) {
  const Modulo bucket(static_cast<uint32_t>(args.bucket));
  const auto longest = static_cast<size_t>(args.word_ngrams);
  for (size_t first = 0; first < hashes.size(); ++first) {
    for_each_word_ngram_from(first, hashes, longest, bucket, add);
  }
}

// Appends the character n-gram buckets of `word`, in order; the end-of-line token has none.
// `bracketed` is working memory.
void append_subword_buckets(std::string_view word, const ModelArgs& args, std::string& bracketed,
                            std::vector<int32_t>& buckets);

// One line, looked up.
struct LineFeatures {
  std::vector<int32_t> features;  // input rows
  std::vector<int32_t> labels;    // [0, nlabels), those that the dictionary has
  int64_t ntokens = 0;            // words, labels, unknown ones and the end of line

  // Working memory.
  std::vector<char> padded;  // the text, and bytes that may be read behind it
  ByteClasses classes;
  std::vector<size_t> token_begin;
  std::vector<size_t> token_end;
  std::vector<std::string_view> tokens;  // in `padded`
  std::vector<TokenKey> token_keys;
  std::vector<uint64_t> token_hashes;
  std::vector<uint32_t> word_hashes;
  std::vector<int32_t> buckets;
  std::vector<int32_t> ngram_rows;  // of word n-grams
  std::string bracketed;
};

// Cuts `text`, one line, into line.tokens; adds the end-of-line token if it ends in '\n'.
void split_line(std::string_view text, LineFeatures& line);

// Looks up one line. Throws nothing but bad_alloc.
void encode_line(const Model& model, std::string_view text, LineFeatures& line);

}  // namespace wordfire
