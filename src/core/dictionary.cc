#include "core/dictionary.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/hash.h"

namespace wordfire {
namespace {

[[noreturn]] void fail(size_t entry, const std::string& what) {
  throw Error::model("dictionary entry " + std::to_string(entry) + ": " + what);
}

void check_entry(std::span<const DictionaryEntry> entries, size_t i) {
  const DictionaryEntry& entry = entries[i];
  if (entry.text.empty()) fail(i, "the text is empty, want a word or label");
  if (entry.count < 0) fail(i, "count " + std::to_string(entry.count) + ", want at least 0");
  if (entry.type != EntryType::kWord && entry.type != EntryType::kLabel) {
    fail(i,
         "type " + std::to_string(static_cast<int>(entry.type)) + ", want 0 (word) or 1 (label)");
  }
  if (i > 0 && entry.type < entries[i - 1].type) fail(i, "a word stands behind a label");
}

}  // namespace

Dictionary::Dictionary(std::span<const DictionaryEntry> entries, int64_t ntokens,
                       int64_t pruned_size, std::unordered_map<int32_t, int32_t> pruned)
    : ntokens_(ntokens), pruned_size_(pruned_size), pruned_(std::move(pruned)) {
  if (entries.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    fail(entries.size(), "more than 2^31 - 1 entries");
  }
  size_t bytes = 0;
  for (const DictionaryEntry& entry : entries) bytes += entry.text.size();
  texts_.reserve(bytes + TokenKey::kBytes);
  offsets_.reserve(entries.size() + 1);
  counts_.reserve(entries.size());
  fnv_.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    check_entry(entries, i);
    texts_.append(entries[i].text);
    offsets_.push_back(texts_.size());
    counts_.push_back(entries[i].count);
    fnv_.push_back(fnv1a(entries[i].text));
    if (entries[i].type == EntryType::kWord) ++nwords_;
  }
  texts_.append(TokenKey::kBytes, '\0');
  build_index();
}

void Dictionary::build_index() {
  constexpr int32_t kAhead = 16;  // entries between the fetch of a slot and its use
  std::array<Lookup, kAhead> waiting;
  slots_ = decltype(slots_)(std::bit_ceil(counts_.size() * 2 + 2));
  for (int32_t id = 0; id < size(); ++id) {
    Lookup& lookup = waiting[id % kAhead];
    if (id >= kAhead) insert(id - kAhead, lookup);
    lookup = lookup_of(id);
    prefetch(lookup.hash);
  }
  for (int32_t id = std::max(0, size() - kAhead); id < size(); ++id) {
    insert(id, waiting[id % kAhead]);
  }
}

Dictionary::Lookup Dictionary::lookup_of(int32_t id) const {
  const TokenKey key = padded_token_key(text(id));
  return {key, hash_of(key, text(id))};
}

void Dictionary::insert(int32_t id, const Lookup& lookup) {
  const size_t mask = slots_.size() - 1;
  size_t slot = lookup.hash & mask;
  for (; slots_[slot].number != 0; slot = (slot + 1) & mask) {
    if (slots_[slot].key == lookup.key && text(slots_[slot].number - 1) == text(id)) {
      fail(id, "the text stands twice");
    }
  }
  slots_[slot] = {lookup.key, id + 1, fnv_[id]};
}

uint64_t Dictionary::hash_of_long(std::string_view token) {
  return XXH3_64bits(token.data(), token.size());
}

std::vector<int64_t> Dictionary::word_counts() const {
  return {counts_.begin(), counts_.begin() + nwords_};
}

std::vector<int64_t> Dictionary::label_counts() const {
  return {counts_.begin() + nwords_, counts_.end()};
}

int32_t Dictionary::pruned_bucket_row(int32_t bucket) const {
  const auto found = pruned_.find(bucket);
  return found == pruned_.end() ? -1 : nwords_ + found->second;
}

}  // namespace wordfire
