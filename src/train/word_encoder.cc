#include "train/word_encoder.h"

#include <utility>

#include "core/parallel.h"

namespace wordfire {
namespace {

struct Sizes {
  int64_t lines = 0;
  int64_t words = 0;
};

// Calls word(id) for each word of the vocabulary in a block, and end() where a line ends or is cut.
template <typename Word, typename End>
void for_each_word(const CountedBlock& block, const std::vector<int32_t>& ids, int32_t nwords,
                   Word word, End end) {
  size_t token = 0;
  for (const uint32_t line_end : block.line_end) {
    int64_t words = 0;
    for (; token < line_end; ++token) {
      const int32_t id = ids[static_cast<size_t>(block.tokens[token])];
      if (id < 0 || id >= nwords) continue;
      word(id);
      if (++words < kWordsInLine) continue;
      end();
      words = 0;
    }
    if (words > 0) end();
  }
}

Sizes measure(const CountedBlock& block, const std::vector<int32_t>& ids, int32_t nwords) {
  Sizes sizes;
  for_each_word(
      block, ids, nwords, [&](int32_t) { ++sizes.words; }, [&] { ++sizes.lines; });
  return sizes;
}

// Replaces each block's share by the sum of the shares before it; returns the total.
Sizes running_sum(std::vector<Sizes>& sizes) {
  Sizes sum;
  for (Sizes& block : sizes) {
    const Sizes own = block;
    block = sum;
    sum.lines += own.lines;
    sum.words += own.words;
  }
  return sum;
}

}  // namespace

Corpus encode_words(const CountedText& text, const std::vector<std::vector<int32_t>>& ids,
                    const Dictionary& dictionary, std::shared_ptr<StorageBudget> budget,
                    int threads) {
  const int32_t nwords = dictionary.nwords();
  const auto blocks = static_cast<int64_t>(text.blocks.size());
  std::vector<Sizes> before(text.blocks.size());
  const auto ids_of = [&](const CountedBlock& block) -> const std::vector<int32_t>& {
    return ids[static_cast<size_t>(block.worker)];
  };
  parallel_for(blocks, 1, threads, [&](int64_t begin, int64_t) {
    const CountedBlock& block = text.blocks[static_cast<size_t>(begin)];
    before[static_cast<size_t>(begin)] = measure(block, ids_of(block), nwords);
  });
  const Sizes total = running_sum(before);
  const auto storage = std::make_shared<StorageArena>(std::move(budget));
  const std::span<int32_t> words = storage->allocate<int32_t>(total.words);
  const std::span<int64_t> ends = storage->allocate<int64_t>(total.lines);
  parallel_for(blocks, 1, threads, [&](int64_t begin, int64_t) {
    const CountedBlock& block = text.blocks[static_cast<size_t>(begin)];
    Sizes at = before[static_cast<size_t>(begin)];
    for_each_word(
        block, ids_of(block), nwords,
        [&](int32_t id) { words[static_cast<size_t>(at.words++)] = id; },
        [&] { ends[static_cast<size_t>(at.lines++)] = at.words; });
  });
  return {words, ends, {}, {}, ends, storage};
}

}  // namespace wordfire
