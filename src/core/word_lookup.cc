#include "core/word_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "core/error.h"
#include "core/text_features.h"

namespace wordfire {
namespace {

int32_t find_word(const Dictionary& dictionary, std::string_view word) {
  const int32_t id = dictionary.find(word);
  return id < dictionary.nwords() ? id : -1;
}

// The input rows of a word: its own, and those of its n-grams that the model kept.
void collect_rows(const Model& model, std::string_view word, WordLookup::Scratch& scratch) {
  scratch.rows.clear();
  append_subword_buckets(word, model.args, scratch.bracketed, scratch.rows);
  std::ranges::transform(scratch.rows, scratch.rows.begin(),
                         [&](int32_t bucket) { return model.dictionary.bucket_row(bucket); });
  std::erase(scratch.rows, -1);
  const int32_t id = find_word(model.dictionary, word);
  if (id >= 0) scratch.rows.insert(scratch.rows.begin(), id);
}

void check_finite(std::string_view word, std::span<const float> vector) {
  constexpr size_t kMostShown = 40;
  const auto wrong = std::ranges::find_if(vector, [](float x) { return !std::isfinite(x); });
  if (wrong == vector.end()) return;
  throw Error::model(
      fmt::format("vector of \"{}\": found {} as number {}, want finite numbers; the "
                  "model is damaged, or its training diverged",
                  word.substr(0, kMostShown), *wrong, wrong - vector.begin() + 1));
}

bool copy_mean(const Model& model, std::string_view word, WordLookup::Scratch& scratch,
               float* out) {
  const int32_t dim = model.input.dim();
  collect_rows(model, word, scratch);
  if (scratch.rows.empty()) {
    std::fill_n(out, dim, 0.0f);
    return false;
  }
  mean_of_rows(model.input, scratch.rows, scratch.mean);
  std::copy_n(scratch.mean.begin(), dim, out);
  check_finite(word, {out, static_cast<size_t>(dim)});
  return true;
}

std::vector<float> row_of(const Model& model, int32_t row) {
  std::vector<float> vector;
  mean_of_rows(model.input, std::span(&row, 1), vector);
  vector.resize(static_cast<size_t>(model.input.dim()));
  return vector;
}

Dictionary dictionary_of(const std::vector<std::string>& words) {
  std::vector<DictionaryEntry> entries;
  entries.reserve(words.size());
  for (const std::string& word : words) entries.push_back({word, 0, EntryType::kWord});
  return {entries, 0};
}

}  // namespace

WordLookup::WordLookup(std::shared_ptr<const Model> model)
    : model_(std::move(model)), dim_(model_->input.dim()) {}

WordLookup::WordLookup(WordVectors vectors)
    : words_(dictionary_of(vectors.words)), values_(std::move(vectors.values)), dim_(vectors.dim) {}

int32_t WordLookup::find(std::string_view word) const { return find_word(dictionary(), word); }

bool WordLookup::has_subwords() const {
  return model_ != nullptr && model_->args.maxn > 0 && model_->args.bucket > 0;
}

bool WordLookup::copy_vector(std::string_view word, Scratch& scratch, float* out) const {
  if (model_) return copy_mean(*model_, word, scratch, out);
  const int32_t id = find(word);
  if (id < 0) {
    std::fill_n(out, dim_, 0.0f);
  } else {
    copy_rows(id, 1, out);
  }
  return id >= 0;
}

void WordLookup::copy_rows(int64_t first, int64_t count, float* out) const {
  if (!model_) {
    std::copy_n(values_.begin() + first * dim_, count * dim_, out);
    return;
  }
  Scratch scratch;
  for (int64_t row = first; row < first + count; ++row, out += dim_) {
    copy_mean(*model_, word(static_cast<int32_t>(row)), scratch, out);
  }
}

std::vector<NgramVector> ngram_vectors(const Model& model, std::string_view word) {
  std::vector<NgramVector> ngrams;
  const int32_t id = find_word(model.dictionary, word);
  if (id >= 0) ngrams.push_back({std::string(word), row_of(model, id)});
  if (word == kEndOfLine || model.args.maxn <= 0 || model.args.bucket <= 0) return ngrams;
  const std::string bracketed = '<' + std::string(word) + '>';
  for_each_ngram(bracketed, model.args, [&](size_t begin, size_t end, int32_t bucket) {
    const int32_t row = model.dictionary.bucket_row(bucket);
    if (row >= 0) ngrams.push_back({bracketed.substr(begin, end - begin), row_of(model, row)});
  });
  return ngrams;
}

}  // namespace wordfire
