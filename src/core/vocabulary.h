// Counts the tokens of training text, one counter a worker, and merges them into the Dictionary
// that one pass of fastText would build: the same words, counts and order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dictionary.h"

namespace wordfire {

// The tokens that one worker has seen, with ids of its own: 0, 1, 2, ... in the order of its
// reading.
class VocabularyCounter {
 public:
  VocabularyCounter();

  // Where in the whole text a token stands: earlier tokens have smaller places.
  using Place = uint64_t;
  [[nodiscard]] static constexpr Place place(uint64_t block, uint64_t token_in_block) {
    return (block << 28) | token_in_block;
  }

  // Counts a token, `count` times; returns its local id. hash: Dictionary::hash_of(token).
  int32_t add(std::string_view token, uint64_t hash, Place place, int64_t count = 1);
  void prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }

  [[nodiscard]] int32_t size() const { return static_cast<int32_t>(entries_.size()); }
  [[nodiscard]] std::string_view text(int32_t id) const {
    return std::string_view(texts_).substr(entries_[id].offset, entries_[id].size);
  }
  [[nodiscard]] int64_t count(int32_t id) const { return entries_[id].count; }
  [[nodiscard]] uint32_t fnv(int32_t id) const { return entries_[id].fnv; }
  [[nodiscard]] Place first_place(int32_t id) const { return entries_[id].first; }
  [[nodiscard]] uint64_t hash(int32_t id) const { return entries_[id].hash; }

 private:
  struct Entry {
    uint64_t hash;
    Place first;
    int64_t count;
    uint64_t offset;
    uint32_t size;
    uint32_t fnv;
  };
  struct Slot {
    uint64_t head;  // the first 8 bytes, so that most words are told apart here
    uint32_t tag;
    int32_t id;  // -1: empty
  };
  void grow();

  std::vector<Slot> slots_;
  uint64_t mask_;
  std::vector<Entry> entries_;
  std::string texts_;
};

struct Vocabulary {
  Dictionary dictionary;
  // For each counter, its local ids' ids in the dictionary; -1: under the threshold.
  std::vector<std::vector<int32_t>> ids;
};

// label_prefix: what makes a token a label. Words seen less than min_count times and labels seen
// less than min_count_label times are left out.
[[nodiscard]] Vocabulary merge_vocabulary(std::span<const VocabularyCounter> counters,
                                          std::string_view label_prefix, int64_t min_count,
                                          int64_t min_count_label);

}  // namespace wordfire
