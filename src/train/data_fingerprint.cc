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

uint64_t fingerprint(const Corpus& corpus) {
  Checksum sum;
  add_array(sum, corpus.features);
  add_array(sum, corpus.feature_end);
  add_array(sum, corpus.labels);
  add_array(sum, corpus.label_end);
  add_array(sum, corpus.token_end);
  return sum.value();
}

}  // namespace wordfire
