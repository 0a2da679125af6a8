// Words and labels with their counts and ids: words are [0, nwords), labels [nwords, size), each
// ordered by falling count (ties: fastText's order). Immutable once built; all lookups are
// thread-safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/huge_pages.h"
#include "core/token_key.h"

namespace wordfire {

// The token that ends every line of text that ends in '\n'.
inline constexpr std::string_view kEndOfLine = "</s>";

enum class EntryType : int8_t { kWord = 0, kLabel = 1 };

struct DictionaryEntry {
  std::string_view text;
  int64_t count;
  EntryType type;
};

// The first 8 bytes of a token, zeros behind a shorter one. No token holds a zero byte, so tokens
// of up to 8 bytes are equal when these are.
[[nodiscard]] inline uint64_t token_head(std::string_view token) {
  uint64_t head = 0;
  std::memcpy(&head, token.data(), token.size() < sizeof(head) ? token.size() : sizeof(head));
  return head;
}

class Dictionary {
 public:
  Dictionary() = default;
  // entries: words first, then labels; texts are copied. ntokens: all tokens that were read, those
  // that fell under the thresholds included. `pruned`: bucket -> row of a pruned (.ftz) model, in
  // rows after the words; pruned_size is -1 for a model that was never pruned, as in the file.
  // Throws Error (model) when words follow labels, a text is empty or stands twice, or an id is out
  // of range; the message starts with "dictionary entry N".
  Dictionary(std::span<const DictionaryEntry> entries, int64_t ntokens, int64_t pruned_size = -1,
             std::unordered_map<int32_t, int32_t> pruned = {});
  Dictionary(std::initializer_list<DictionaryEntry> entries, int64_t ntokens,
             int64_t pruned_size = -1, std::unordered_map<int32_t, int32_t> pruned = {})
      : Dictionary(std::span(entries.begin(), entries.size()), ntokens, pruned_size,
                   std::move(pruned)) {}

  [[nodiscard]] int32_t size() const { return static_cast<int32_t>(counts_.size()); }
  [[nodiscard]] int32_t nwords() const { return nwords_; }
  [[nodiscard]] int32_t nlabels() const { return size() - nwords_; }
  [[nodiscard]] int64_t ntokens() const { return ntokens_; }

  // The id of `token`, or -1.
  [[nodiscard]] int32_t find(std::string_view token) const {
    return find(token, hash_of(token)).id;
  }
  [[nodiscard]] static uint64_t hash_of(std::string_view token) {
    return hash_of(token_key(token), token);
  }
  // The same for a token whose key is known.
  [[nodiscard]] static uint64_t hash_of(TokenKey key, std::string_view token) {
    return token.size() <= TokenKey::kBytes ? hash_of_key(key) : hash_of_long(token);
  }
  // Brings the slot that find() of a token with this hash reads first into the cache.
  void prefetch(uint64_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
  }
  struct Found {
    int32_t id;    // -1: not there
    uint32_t fnv;  // of the token, if there
  };
  // key: token_key(token); hash: hash_of(token).
  [[nodiscard]] Found find(TokenKey key, std::string_view token, uint64_t hash) const {
    if (slots_.empty()) return {-1, 0};
    const size_t mask = slots_.size() - 1;
    for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
      const Slot& found = slots_[slot];
      if (found.key == key && (key.is_whole() || text(found.number - 1) == token)) {
        return {found.number - 1, found.fnv};
      }
      if (found.number == 0) return {-1, 0};
    }
  }
  [[nodiscard]] Found find(std::string_view token, uint64_t hash) const {
    return find(token_key(token), token, hash);
  }

  // id in [0, size). Views live as long as the dictionary.
  [[nodiscard]] std::string_view text(int32_t id) const {
    return std::string_view(texts_).substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
  }
  [[nodiscard]] int64_t count(int32_t id) const { return counts_[id]; }
  [[nodiscard]] uint32_t fnv(int32_t id) const { return fnv_[id]; }
  [[nodiscard]] EntryType type(int32_t id) const {
    return id < nwords_ ? EntryType::kWord : EntryType::kLabel;
  }
  // label in [0, nlabels).
  [[nodiscard]] std::string_view label(int32_t label) const { return text(nwords_ + label); }
  [[nodiscard]] std::vector<int64_t> word_counts() const;
  [[nodiscard]] std::vector<int64_t> label_counts() const;

  // The input row of hash bucket `bucket`, or -1 where the model was pruned of it.
  [[nodiscard]] int32_t bucket_row(int32_t bucket) const {
    return pruned_size_ < 0 ? nwords_ + bucket : pruned_bucket_row(bucket);
  }
  [[nodiscard]] int64_t pruned_size() const { return pruned_size_; }
  [[nodiscard]] const std::unordered_map<int32_t, int32_t>& pruned() const { return pruned_; }

 private:
  // Half a cache line: a token of up to 15 bytes is found without a look at anything else.
  struct alignas(32) Slot {
    TokenKey key;    // no token has that of an empty slot
    int32_t number;  // id + 1; 0: empty
    uint32_t fnv;
  };
  [[nodiscard]] static uint64_t hash_of_long(std::string_view token);
  void build_index();
  struct Lookup {
    TokenKey key;
    uint64_t hash;
  };
  [[nodiscard]] Lookup lookup_of(int32_t id) const;
  void insert(int32_t id, const Lookup& lookup);
  [[nodiscard]] int32_t pruned_bucket_row(int32_t bucket) const;

  std::string texts_;                    // and bytes that padded_token_key() may read
  std::vector<uint64_t> offsets_ = {0};  // [size + 1] into texts_
  std::vector<int64_t> counts_;
  std::vector<uint32_t> fnv_;
  std::vector<Slot, HugePages<Slot>> slots_;  // open addressing, a power of two
  int32_t nwords_ = 0;
  int64_t ntokens_ = 0;
  int64_t pruned_size_ = -1;
  std::unordered_map<int32_t, int32_t> pruned_;
};

}  // namespace wordfire
