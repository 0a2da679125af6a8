#include "train/data_fingerprint.h"

#include "core/corpus.h"
#include "core/dictionary.h"
#include "io/checksum.h"

namespace wordfire {
namespace {

template <typename T>
void add_value(Checksum& sum, const T& value) {
  sum.add_values(std::span(&value, 1));
}

// Sizes as well, so that no array passes for the end of another.
template <typename T>
void add_array(Checksum& sum, std::span<const T> values) {
  add_value(sum, values.size());
  sum.add_values(values);
}

}  // namespace

uint64_t fingerprint(const Dictionary& dictionary) {
  Checksum sum;
  add_value(sum, dictionary.nwords());
  add_value(sum, dictionary.ntokens());
  for (int32_t id = 0; id < dictionary.size(); ++id) {
    const std::string_view text = dictionary.text(id);
    add_array(sum, std::span(text));
    add_value(sum, dictionary.count(id));
  }
  return sum.value();
}

uint64_t fingerprint(const Corpus& corpus, int64_t first) {
  uint64_t sum = 0;
  for (int64_t i = 0; i < corpus.examples(); ++i) {
    Checksum example;
    add_value(example, first + i);
    add_array(example, corpus.features_of(i));
    if (!corpus.label_end.empty()) add_array(example, corpus.labels_of(i));
    add_value(example, corpus.token_end[static_cast<size_t>(i)] - corpus.tokens_before(i));
    sum += example.value();
  }
  return sum;
}

}  // namespace wordfire
