// Analogies: a is to b as c is to which word?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/unit_rows.h"

namespace wordfire {

struct AnalogyQuestion {
  int32_t a;
  int32_t b;
  int32_t c;  // all in [0, rows)
};

// For each question the word w of highest cos(w, b) - cos(w, a) + cos(w, c) (3CosAdd; Mikolov et
// al. 2013, arXiv:1301.3781), ties by word, or -1 where none is left. Words that belong to the
// group of a, b or c are no answer. groups[w], for each row, is the first word of w's group:
// spellings of one word, say; w itself where it is alone.
//
// Questions share words, so the cosines of every word asked about with all others are computed once
// and added up: for Google's 19,544 questions of 905 words that is a twentieth of the work.
[[nodiscard]] std::vector<int32_t> answer_analogies(const UnitRows& rows,
                                                    std::span<const int32_t> groups,
                                                    std::span<const AnalogyQuestion> questions,
                                                    int threads);

}  // namespace wordfire
