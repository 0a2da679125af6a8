// What a kernel of the ladder trains on, in the host's memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bench/gpu/ladder_case.h"
#include "bench/gpu/ladder_work.h"
#include "bench/gpu/zipf_text.h"
#include "core/alias_table.h"
#include "core/row_kernels.h"
#include "core/shared_matrix.h"
#include "core/subsampling.h"
#include "cuda/word_text.h"

namespace wordfire::ladder {

struct LadderText {
  std::vector<int32_t> words;
  std::vector<int64_t> ends;  // of lines
  int64_t longest;            // words of a line
  std::vector<float> shares;
  std::vector<AliasCell> cells;
  std::vector<float> input;  // [words, padded_width(dim)]
  std::vector<float> output;
  WordVectorTables tables;  // without addresses
};

// A row more than there are words: see DeviceMatrix.
inline void add_spare_row(LadderText& text) {
  text.input.resize(text.input.size() + static_cast<size_t>(text.tables.width));
  text.output.resize(text.output.size() + static_cast<size_t>(text.tables.width));
}

[[nodiscard]] inline LadderText text_of(const SmallCase& small) {
  constexpr int64_t kLongest = 64;
  LadderText text{small.words(), small.ends(), kLongest, {}, {}, small.input(), small.output(), {}};
  text.shares.assign(small.shares().begin(), small.shares().end());
  text.cells.assign(small.cells().begin(), small.cells().end());
  text.tables = small.tables();
  add_spare_row(text);
  return text;
}

[[nodiscard]] inline LadderText text_of(const ZipfText& drawn, int32_t dim) {
  const auto words = static_cast<int64_t>(drawn.counts.size());
  const auto tokens = static_cast<int64_t>(drawn.ids.size());
  LadderText text{drawn.ids, drawn.ends, ZipfText::kLine, {}, {}, {}, {}, {}};
  const Subsampling subsampling(drawn.counts, tokens, 1e-4);
  text.shares.assign(subsampling.shares().begin(), subsampling.shares().end());
  const AliasTable negatives(powered_counts(drawn.counts, 0.5));
  text.cells.assign(negatives.cells().begin(), negatives.cells().end());
  WordVectorTables& tables = text.tables;
  tables.dim = dim;
  tables.width = padded_width(dim);
  tables.words = words;
  tables.ws = 5;
  tables.neg = 5;
  tables.batch_size = 1 << 30;
  text.input.resize(static_cast<size_t>(words * tables.width));
  for (int64_t i = 0; i < words; ++i) first_row(1, i, dim, text.input.data() + i * tables.width);
  text.output.resize(text.input.size());
  add_spare_row(text);
  return text;
}

// What some lines take.
struct LadderSample {
  Work work;
  double kept = 0;
  double tokens = 0;
};

[[nodiscard]] inline LadderSample sample_of(const LadderText& text, Rung rung) {
  constexpr size_t kLines = 20'000;
  const WordJob job{false, text.tables.dim, text.tables.ws, text.tables.neg, 0};
  LadderSample sample;
  int64_t begin = 0;
  for (size_t line = 0; line < std::min(kLines, text.ends.size()); ++line) {
    Rng draws(SmallCase::kSeed, 0, line);
    int64_t kept = 0;
    for (; begin < text.ends[line]; ++begin) {
      const int32_t word = text.words[static_cast<size_t>(begin)];
      kept += stays(text.shares[static_cast<size_t>(word)], draws) ? 1 : 0;
    }
    sample.work += work_of_rung(rung, job, kept, kSharedWindows);
    sample.kept += static_cast<double>(kept);
  }
  sample.tokens = static_cast<double>(begin);
  return sample;
}

}  // namespace wordfire::ladder
