// The dictionary of a model file: sizes, entries and, in a pruned model, the buckets that were
// kept.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/dictionary.h"
#include "core/options.h"
#include "io/field_reader.h"

namespace wordfire {

// A dictionary whose fields were checked, and for which nothing was allocated yet: a file whose
// matrices turn out not to fit costs no memory.
class DictionaryFields {
 public:
  // Reads up to the end of the dictionary. Throws Error (model).
  DictionaryFields(FieldReader& reader, const ModelArgs& args);

  [[nodiscard]] int32_t nwords() const { return nwords_; }
  [[nodiscard]] int32_t nlabels() const { return size_ - nwords_; }
  [[nodiscard]] bool is_pruned() const { return pruned_size_ >= 0; }
  // Rows that the input matrix must have.
  [[nodiscard]] int64_t input_rows() const;

  // Reads the entries again. Throws Error (model) where one stands twice.
  [[nodiscard]] Dictionary build() const;

 private:
  void check_entries(FieldReader& reader);
  void check_pruned(FieldReader& reader);

  FieldReader entries_;  // stands before the first entry
  FieldReader pruned_;   // stands before the first pair
  int32_t bucket_;
  int32_t size_ = 0;
  int32_t nwords_ = 0;
  int64_t ntokens_ = 0;
  int64_t pruned_size_ = -1;
};

}  // namespace wordfire
