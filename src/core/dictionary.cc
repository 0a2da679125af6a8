#include "core/dictionary.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

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

void check_entry(const std::vector<DictionaryEntry>& entries, size_t i) {
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

Dictionary::Dictionary(const std::vector<DictionaryEntry>& entries, int64_t ntokens,
                       int64_t pruned_size, std::unordered_map<int32_t, int32_t> pruned)
    : ntokens_(ntokens), pruned_size_(pruned_size), pruned_(std::move(pruned)) {
  if (entries.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    fail(entries.size(), "more than 2^31 - 1 entries");
  }
  size_t bytes = 0;
  for (const DictionaryEntry& entry : entries) bytes += entry.text.size();
  texts_.reserve(bytes);
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
  build_index();
}

void Dictionary::build_index() {
  constexpr int32_t kAhead = 16;  // entries between the fetch of a slot and its use
  std::vector<uint64_t> hashes(counts_.size());
  for (int32_t id = 0; id < size(); ++id) hashes[id] = hash_of(text(id));
  slots_ = decltype(slots_)(std::bit_ceil(counts_.size() * 2 + 2));
  for (int32_t id = 0; id < size(); ++id) {
    if (id + kAhead < size()) prefetch(hashes[id + kAhead]);
    insert(id, hashes[id]);
  }
}

void Dictionary::insert(int32_t id, uint64_t hash) {
  const size_t mask = slots_.size() - 1;
  const TokenKey key = token_key(text(id));
  size_t slot = hash & mask;
  for (; slots_[slot].number != 0; slot = (slot + 1) & mask) {
    if (slots_[slot].key == key && text(slots_[slot].number - 1) == text(id)) {
      fail(id, "the text stands twice");
    }
  }
  slots_[slot] = {key, id + 1, fnv_[id]};
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
