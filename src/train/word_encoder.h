// From counted text and its dictionary to the lines of words that word vectors are trained on.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/corpus.h"
#include "core/dictionary.h"
#include "train/text_counter.h"

namespace wordfire {

// Words of the vocabulary after which a line is cut: fastText looks after each word whether there
// were more than 1,024.
inline constexpr int64_t kWordsInLine = 1025;

// features: the words of the vocabulary, ends of line among them; an example is a line, or a piece
// of kWordsInLine words of it; those without a word are left out. token_end counts the same words.
// There are no labels. ids: Vocabulary::ids of the text's counters.
[[nodiscard]] Corpus encode_words(const CountedText& text,
                                  const std::vector<std::vector<int32_t>>& ids,
                                  const Dictionary& dictionary,
                                  std::shared_ptr<StorageBudget> budget, int threads);

}  // namespace wordfire
