#include "core/text_features.h"

#include <string>

#include "core/model.h"

namespace wordfire {
namespace {

void append_buckets(const Dictionary& dictionary, LineFeatures& line) {
  for (const int32_t bucket : line.buckets) {
    const int32_t row = dictionary.bucket_row(bucket);
    if (row >= 0) line.features.push_back(row);
  }
}

void append_word(const Model& model, int32_t id, std::string_view word, LineFeatures& line) {
  if (id >= 0) line.features.push_back(id);
  if (model.args.maxn <= 0) return;
  line.buckets.clear();
  append_subword_buckets(word, model.args, line.bracketed, line.buckets);
  append_buckets(model.dictionary, line);
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

void split_line(std::string_view text, std::vector<std::string_view>& tokens) {
  tokens.clear();
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p < end) {
    while (p < end && is_separator(*p)) ++p;
    const char* const begin = p;
    while (p < end && !is_separator(*p)) ++p;
    if (p > begin) tokens.emplace_back(begin, static_cast<size_t>(p - begin));
  }
  if (text.ends_with('\n')) tokens.push_back(kEndOfLine);
}

void encode_line(const Model& model, std::string_view text, LineFeatures& line) {
  line.features.clear();
  line.labels.clear();
  line.word_hashes.clear();
  split_line(text, line.tokens);
  line.ntokens = static_cast<int64_t>(line.tokens.size());
  hash_tokens(model.dictionary, line);
  for (size_t i = 0; i < line.tokens.size(); ++i) append_token(model, i, line);
  if (model.args.word_ngrams <= 1 || model.args.bucket <= 0) return;
  line.buckets.clear();
  for_each_word_ngram(line.word_hashes, model.args,
                      [&](int32_t bucket) { line.buckets.push_back(bucket); });
  append_buckets(model.dictionary, line);
}

}  // namespace wordfire
