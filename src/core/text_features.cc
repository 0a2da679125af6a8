#include "core/text_features.h"

#include <algorithm>
#include <bit>
#include <string>

#include "core/model.h"

namespace wordfire {
namespace {

// Bytes behind a line's text: the end-of-line token, and what reading the key of a token of one
// byte at the very end touches.
constexpr size_t kPadding = kEndOfLine.size() + TokenKey::kBytes;

// Asks for rows as soon as they are known: they will be in the cache when the line is read to its
// end.
class RowPrefetch {
 public:
  explicit RowPrefetch(const RowsView& rows) : rows_(rows) {}

  void operator()(int32_t row) const {
    if (rows_.data == nullptr) return;  // quantised rows are small
    // Rows of a mapped file lie across cache lines, and kernels load up to 64 bytes at once, of
    // rows that are shorter, too.
    constexpr size_t kLoad = 64;
    static_assert(kLoad <= kRowSlack, "no address behind the matrix");
    const std::byte* const begin = rows_.row(row);
    __builtin_prefetch(begin);
    __builtin_prefetch(begin + kLoad - 1);
  }

 private:
  const RowsView rows_;
};

// Makes the features of a line, word after word.
class LineEncoder {
 public:
  LineEncoder(const Model& model, LineFeatures& line)
      : model_(model),
        dictionary_(model.dictionary),
        line_(line),
        prefetch_(model.input.dense),
        longest_(model.args.bucket > 0 ? static_cast<size_t>(std::max(model.args.word_ngrams, 1))
                                       : 1),
        bucket_(static_cast<uint32_t>(std::max(model.args.bucket, 1))) {}

  void encode() {
    for (size_t i = 0; i < line_.tokens.size(); ++i) append_token(i);
    if (longest_ > 1) finish_ngrams();
  }

 private:
  void append_token(size_t i) {
    const std::string_view token = line_.tokens[i];
    const auto [id, fnv] = dictionary_.find(line_.token_keys[i], token, line_.token_hashes[i]);
    const bool is_label = id >= 0 ? dictionary_.type(id) == EntryType::kLabel
                                  : token.starts_with(model_.label_prefix);
    if (!is_label) {
      append_word(id, token);
      if (longest_ > 1) append_ngrams(id >= 0 ? fnv : fnv1a(token));
    } else if (id >= 0) {
      line_.labels.push_back(id - dictionary_.nwords());
    }
  }

  void append_word(int32_t id, std::string_view word) {
    if (id >= 0) append_row(id, line_.features);
    if (model_.args.maxn <= 0) return;
    line_.buckets.clear();
    append_subword_buckets(word, model_.args, line_.bracketed, line_.buckets);
    for (const int32_t bucket : line_.buckets) append_bucket(bucket, line_.features);
  }

  // Rows are asked for while other words are looked up: all at once, at the end of the line, they
  // would have to wait for each other.
  void append_ngrams(uint32_t word_hash) {
    line_.word_hashes.push_back(word_hash);
    if (line_.word_hashes.size() >= longest_) ngrams_from(line_.word_hashes.size() - longest_);
  }

  void finish_ngrams() {
    const size_t words = line_.word_hashes.size();
    for (size_t first = words - std::min(words, longest_ - 1); first < words; ++first) {
      ngrams_from(first);
    }
    line_.features.insert(line_.features.end(), line_.ngram_rows.begin(), line_.ngram_rows.end());
  }

  void ngrams_from(size_t first) {
    for_each_word_ngram_from(first, line_.word_hashes, longest_, bucket_,
                             [&](int32_t bucket) { append_bucket(bucket, line_.ngram_rows); });
  }

  void append_bucket(int32_t bucket, std::vector<int32_t>& rows) {
    const int32_t row = dictionary_.bucket_row(bucket);
    if (row >= 0) append_row(row, rows);
  }

  void append_row(int32_t row, std::vector<int32_t>& rows) {
    rows.push_back(row);
    prefetch_(row);
  }

  const Model& model_;
  const Dictionary& dictionary_;
  LineFeatures& line_;
  const RowPrefetch prefetch_;
  const size_t longest_;  // word n-gram
  const Modulo bucket_;
};

void hash_tokens(const Dictionary& dictionary, LineFeatures& line) {
  const size_t n = line.tokens.size();
  line.token_keys.resize(n);
  line.token_hashes.resize(n);
  for (size_t i = 0; i < n; ++i) {
    line.token_keys[i] = padded_token_key(line.tokens[i]);
    line.token_hashes[i] = Dictionary::hash_of(line.token_keys[i], line.tokens[i]);
    dictionary.prefetch(line.token_hashes[i]);
  }
}

// A byte that differs from the one before it, where a blank stands before the text: the first of a
// token, or the first behind one.
struct Edges {
  uint64_t starts;
  uint64_t ends;
};

// Calls call(number, edges) for each 64 bytes of the text; returns whether its last byte, at a
// multiple of 64, is part of a token.
template <typename Call>
bool for_edges(const std::vector<uint64_t>& separators, Call call) {
  uint64_t previous = 1;
  for (size_t word = 0; word < separators.size(); ++word) {
    const uint64_t separator = separators[word];
    const uint64_t shifted = (separator << 1) | previous;
    call(word, Edges{~separator & shifted, separator & ~shifted});
    previous = separator >> 63;
  }
  return previous == 0;
}

size_t* place_bits(uint64_t bits, size_t first, size_t* out) {
  for (; bits != 0; bits &= bits - 1) *out++ = first + static_cast<size_t>(std::countr_zero(bits));
  return out;
}

// Where tokens begin and end. Both are listed apart, by loops without a choice in them: the
// processor would guess it wrong once a token.
void find_edges(size_t size, LineFeatures& line) {
  const std::vector<uint64_t>& separators = line.classes.separators;
  size_t n = 0;
  for_edges(separators,
            [&](size_t, Edges edges) { n += static_cast<size_t>(std::popcount(edges.starts)); });
  line.token_begin.resize(n);
  line.token_end.resize(n);
  size_t* begin = line.token_begin.data();
  size_t* end = line.token_end.data();
  const bool open = for_edges(separators, [&](size_t word, Edges edges) {
    begin = place_bits(edges.starts, word * 64, begin);
    end = place_bits(edges.ends, word * 64, end);
  });
  if (open) *end = size;
}

}  // namespace

void append_subword_buckets(std::string_view word, const ModelArgs& args, std::string& bracketed,
                            std::vector<int32_t>& buckets) {
  if (word == kEndOfLine || args.maxn <= 0 || args.bucket <= 0) return;
  bracketed.assign(1, '<').append(word).push_back('>');
  for_each_subword(bracketed, args, [&](int32_t bucket) { buckets.push_back(bucket); });
}

void split_line(std::string_view text, LineFeatures& line) {
  const size_t size = text.size();
  line.padded.resize(size + kPadding);
  char* const bytes = line.padded.data();
  std::copy(text.begin(), text.end(), bytes);
  std::copy(kEndOfLine.begin(), kEndOfLine.end(), bytes + size);
  classify_bytes(text.data(), size, line.classes);
  find_edges(size, line);
  const size_t n = line.token_begin.size();
  line.tokens.resize(n);
  for (size_t i = 0; i < n; ++i) {
    line.tokens[i] = {bytes + line.token_begin[i], line.token_end[i] - line.token_begin[i]};
  }
  if (text.ends_with('\n')) line.tokens.emplace_back(bytes + size, kEndOfLine.size());
}

void encode_line(const Model& model, std::string_view text, LineFeatures& line) {
  line.features.clear();
  line.labels.clear();
  line.word_hashes.clear();
  line.ngram_rows.clear();
  split_line(text, line);
  line.ntokens = static_cast<int64_t>(line.tokens.size());
  hash_tokens(model.dictionary, line);
  LineEncoder(model, line).encode();
}

}  // namespace wordfire
