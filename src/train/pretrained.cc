#include "train/pretrained.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

#include "core/error.h"
#include "core/text_features.h"
#include "io/model_file.h"
#include "io/vector_file.h"

namespace wordfire {
namespace {

bool has_ngrams_of(const ModelArgs& model, const ModelArgs& run) {
  return run.maxn > 0 && run.word_ngrams <= 1 && model.word_ngrams <= 1 && model.minn == run.minn &&
         model.maxn == run.maxn && model.bucket == run.bucket;
}

// Whether a text can have this word. Some of GloVe's hold blanks, which would end them in the files
// that are written.
bool is_token(std::string_view word) { return std::ranges::none_of(word, is_separator); }

// The ids of a counter's tokens in the grown dictionary.
void renumber(const VocabularyCounter& counter, const Dictionary& dictionary,
              const std::vector<int32_t>& new_id, std::vector<int32_t>& ids) {
  for (size_t token = 0; token < ids.size(); ++token) {
    int32_t& id = ids[token];
    if (id >= 0) {
      id = new_id[static_cast<size_t>(id)];
    } else {
      const int32_t found = dictionary.find(counter.text(static_cast<int32_t>(token)));
      if (found >= 0 && found < dictionary.nwords()) id = found;
    }
  }
}

}  // namespace

PretrainedVectors::PretrainedVectors(const std::string& path, const ModelArgs& args) : path_(path) {
  if (tell_vector_format(path) == VectorFormat::kFasttextModel) {
    const std::shared_ptr<const Model> model = load_model(path).model;
    words_.emplace(model);
    if (has_ngrams_of(model->args, args) && model->input.quantized == nullptr) model_ = model;
  } else {
    words_.emplace(read_word_vectors(path));
  }
  if (words_->dim() == args.dim) return;
  throw Error::data(fmt::format("{}: vectors of {} numbers, want {} as -dim says; set -dim {}",
                                path, words_->dim(), args.dim, words_->dim()));
}

void PretrainedVectors::add_words(std::span<const VocabularyCounter> counters,
                                  std::string_view label_prefix, Vocabulary& vocabulary) const {
  const Dictionary& old = vocabulary.dictionary;
  std::vector<DictionaryEntry> entries;
  std::vector<int32_t> old_ids;
  for (int32_t id = 0; id < old.size(); ++id) {
    const bool has_vector = id < old.nwords() && words_->find(old.text(id)) >= 0;
    entries.push_back({old.text(id), old.count(id) + (has_vector ? 1 : 0), old.type(id)});
  }
  for (int32_t id = 0; id < words_->size(); ++id) {
    const std::string_view word = words_->word(id);
    if (!is_token(word) || word.starts_with(label_prefix) || old.find(word) >= 0) continue;
    entries.push_back({word, 1, EntryType::kWord});
  }
  std::vector<int32_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](int32_t a, int32_t b) {
    const DictionaryEntry& first = entries[static_cast<size_t>(a)];
    const DictionaryEntry& second = entries[static_cast<size_t>(b)];
    return first.type != second.type ? first.type < second.type : first.count > second.count;
  });
  std::vector<DictionaryEntry> sorted;
  std::vector<int32_t> new_id(entries.size());
  for (const int32_t entry : order) {
    new_id[static_cast<size_t>(entry)] = static_cast<int32_t>(sorted.size());
    sorted.push_back(entries[static_cast<size_t>(entry)]);
  }
  Dictionary grown(sorted, old.ntokens() + words_->size());
  for (size_t i = 0; i < counters.size(); ++i) {
    renumber(counters[i], grown, new_id, vocabulary.ids[i]);
  }
  vocabulary.dictionary = std::move(grown);
}

void PretrainedVectors::count_buckets(int32_t nwords, BucketRows& buckets) const {
  if (model_ == nullptr) return;
  std::vector<int32_t> rows(static_cast<size_t>(model_->args.bucket));
  std::iota(rows.begin(), rows.end(), nwords);
  buckets.count(rows);
}

void PretrainedVectors::copy_to(const Dictionary& dictionary, const BucketRows& buckets,
                                SharedMatrix& input) const {
  if (model_ != nullptr) return copy_model_rows(dictionary, buckets, input);
  for (int32_t id = 0; id < words_->size(); ++id) {
    const int32_t row = dictionary.find(words_->word(id));
    if (row >= 0 && row < dictionary.nwords()) words_->copy_rows(id, 1, input.row(row));
  }
}

void PretrainedVectors::copy_model_rows(const Dictionary& dictionary, const BucketRows& buckets,
                                        SharedMatrix& input) const {
  for (int32_t id = 0; id < model_->dictionary.nwords(); ++id) {
    const int32_t row = dictionary.find(model_->dictionary.text(id));
    if (row >= 0 && row < dictionary.nwords()) copy_row(id, input.row(row));
  }
  for (int32_t bucket = 0; bucket < model_->args.bucket; ++bucket) {
    const int32_t row = buckets.trained_row(int64_t{dictionary.nwords()} + bucket);
    const int32_t from = model_->dictionary.bucket_row(bucket);
    if (row >= 0 && from >= 0) copy_row(from, input.row(row));
  }
}

void PretrainedVectors::copy_row(int64_t from, float* to) const {
  const RowsView& rows = model_->input.dense;
  std::memcpy(to, rows.row(from), static_cast<size_t>(rows.dim) * sizeof(float));
  const float* const wrong =
      std::find_if_not(to, to + rows.dim, [](float x) { return std::isfinite(x); });
  if (wrong == to + rows.dim) return;
  throw Error::model(
      fmt::format("{}: row {}: found {} as number {}, want finite numbers; the model "
                  "is damaged, or its training diverged",
                  path_, from + 1, *wrong, wrong - to + 1));
}

}  // namespace wordfire
