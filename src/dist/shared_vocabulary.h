// One vocabulary out of what each rank has counted: words, counts and order are those that one
// process would find in the whole text.
#pragma once

#include <span>

#include "core/vocabulary.h"
#include "dist/communicator.h"

namespace wordfire {

// How the ranks' shares lie in the text.
enum class ShareOrder {
  kOneAfterTheOther,  // rank 0's share is the beginning
  kDealtOut           // block by block; blocks are numbered in the whole text
};

// The tokens of all ranks with their counts added up and their first places, at rank 0; at the
// others an empty counter. Pairs of ranks merge, then pairs of pairs: log2(ranks) steps, in which
// no rank holds more than the words of the whole text.
[[nodiscard]] VocabularyCounter gather_tokens(Communicator& ranks,
                                              std::span<const VocabularyCounter> counters,
                                              ShareOrder order);

// Makes the dictionaries of all ranks equal to rank 0's, which was not pruned.
void broadcast_dictionary(Communicator& ranks, Dictionary& dictionary);

// Vocabulary::ids of counters under a dictionary.
[[nodiscard]] std::vector<std::vector<int32_t>> ids_of_tokens(
    std::span<const VocabularyCounter> counters, const Dictionary& dictionary, int threads);

}  // namespace wordfire
