#include "core/text_features.h"

#include <string>

#include "core/model.h"

namespace wordfire {
namespace {

// Asks for the row at once: it will be in the cache when the line is read to its end.
void append_row(const Model& model, int32_t row, LineFeatures& line) {
  line.features.push_back(row);
  if (model.input.dense.data != nullptr) __builtin_prefetch(model.input.dense.row(row));
}

void append_buckets(const Model& model, LineFeatures& line) {
  for (const int32_t bucket : line.buckets) {
    const int32_t row = model.dictionary.bucket_row(bucket);
    if (row >= 0) append_row(model, row, line);
  }
}

void append_word(const Model& model, int32_t id, std::string_view word, LineFeatures& line) {
  if (id >= 0) append_row(model, id, line);
  if (model.args.maxn <= 0) return;
  line.buckets.clear();
  append_subword_buckets(word, model.args, line.bracketed, line.buckets);
  append_buckets(model, line);
}

void append_token(const Model& model, size_t i, LineFeatures& line) {
  const std::string_view token = line.tokens[i];
  const Dictionary& dictionary = model.dictionary;
  const int32_t id = dictionary.find(token, line.token_hashes[i]);
  const bool is_label =
      id >= 0 ? dictionary.type(id) == EntryType::kLabel : token.starts_with(model.label_prefix);
  if (!is_label) {
    append_word(model, id, token, line);
    if (model.args.word_ngrams > 1) {
      line.word_hashes.push_back(id >= 0 ? dictionary.fnv(id) : fnv1a(token));
    }
  } else if (id >= 0) {
    line.labels.push_back(id - dictionary.nwords());
  }
}

void hash_tokens(const Dictionary& dictionary, LineFeatures& line) {
  line.token_hashes.clear();
  for (const std::string_view token : line.tokens) {
    line.token_hashes.push_back(Dictionary::hash_of(token));
    dictionary.prefetch(line.token_hashes.back());
  }
}

}  // namespace

void append_subword_buckets(std::string_view word, const ModelArgs& args, std::string& bracketed,
                            std::vector<int32_t>& buckets) {
  if (word == kEndOfLine || args.maxn <= 0 || args.bucket <= 0) return;
  bracketed.assign(1, '<').append(word).push_back('>');
  for_each_subword(bracketed, args, [&](int32_t bucket) { buckets.push_back(bucket); });
}

void split_line(std::string_view text, LineFeatures& line) {
  line.tokens.clear();
  classify_bytes(text.data(), text.size(), line.classes);
  scan_tokens(
      line.classes, text.size(),
      [&](size_t begin, size_t end) { line.tokens.push_back(text.substr(begin, end - begin)); },
      [](size_t) {});
  if (text.ends_with('\n')) line.tokens.push_back(kEndOfLine);
}

void encode_line(const Model& model, std::string_view text, LineFeatures& line) {
  line.features.clear();
  line.labels.clear();
  line.word_hashes.clear();
  split_line(text, line);
  line.ntokens = static_cast<int64_t>(line.tokens.size());
  hash_tokens(model.dictionary, line);
  for (size_t i = 0; i < line.tokens.size(); ++i) append_token(model, i, line);
  if (model.args.word_ngrams <= 1 || model.args.bucket <= 0) return;
  line.buckets.clear();
  for_each_word_ngram(line.word_hashes, model.args,
                      [&](int32_t bucket) { line.buckets.push_back(bucket); });
  append_buckets(model, line);
}

}  // namespace wordfire
