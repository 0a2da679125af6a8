// The vector of a line of text made of word vectors, as fastText makes it for models of words; that
// of a classifier is Predictor::sentence_vector().
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/text_features.h"
#include "core/word_lookup.h"

namespace wordfire {

// Working memory of one thread; reused from line to line.
struct SentenceScratch {
  LineFeatures line;
  WordLookup::Scratch lookup;
  std::vector<float> word;
  std::vector<float> mean;
};

// The mean of the vectors of a line's words, each divided by its length [dim]; words without a
// vector do not count, and zeros stand for a line without any. It lies in scratch.mean. `line` may
// end in '\n', which is no word here.
std::span<const float> sentence_vector(const WordLookup& words, std::string_view line,
                                       SentenceScratch& scratch);

}  // namespace wordfire
