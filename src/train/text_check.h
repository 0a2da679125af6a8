// What must be so of counted text before it makes sense to train on it.
#pragma once

#include <string>

#include "core/options.h"
#include "core/vocabulary.h"
#include "train/text_counter.h"

namespace wordfire {

// The input files as messages name them.
[[nodiscard]] std::string names_of_input(const Options& options);

// Throws Error (data) when there is no text, no label, one label alone, no word or one word alone.
void check_vocabulary(const Options& options, const CountedText& text,
                      const Vocabulary& vocabulary);

// Throws Error (data) when a label has no name behind the prefix.
void check_label_names(const Options& options, const CountedText& text);

}  // namespace wordfire
