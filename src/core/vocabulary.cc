#include "core/vocabulary.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/error.h"
#include "core/hash.h"

namespace wordfire {
namespace {

// Small: a counter may be one of a thousand, and doubling costs little.
constexpr size_t kFirstSlots = 1 << 12;

}  // namespace

VocabularyCounter::VocabularyCounter()
    : slots_(kFirstSlots, Slot{0, 0, -1}), mask_(kFirstSlots - 1) {}

int32_t VocabularyCounter::add(std::string_view token, uint64_t hash, Place place, int64_t count) {
  const uint64_t head = token_head(token);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  size_t slot = hash & mask_;
  for (; slots_[slot].id >= 0; slot = (slot + 1) & mask_) {
    const Slot& found = slots_[slot];
    if (found.tag != tag || found.head != head) continue;
    Entry& entry = entries_[found.id];
    if (entry.size != token.size()) continue;
    if (token.size() > sizeof(head) && text(found.id) != token) continue;
    entry.count += count;
    entry.first = std::min(entry.first, place);
    return found.id;
  }
  if (entries_.size() >= static_cast<size_t>(std::numeric_limits<int32_t>::max()) - 1) {
    throw Error::data("more than 2^31 - 2 different tokens; is the input text?");
  }
  const int32_t id = size();
  slots_[slot] = {head, tag, id};
  entries_.push_back(
      {hash, place, count, texts_.size(), static_cast<uint32_t>(token.size()), fnv1a(token)});
  texts_.append(token);
  if (entries_.size() * 2 > slots_.size()) grow();
  return id;
}

void VocabularyCounter::grow() {
  slots_.assign(slots_.size() * 2, Slot{0, 0, -1});
  mask_ = slots_.size() - 1;
  for (int32_t id = 0; id < size(); ++id) {
    size_t slot = entries_[id].hash & mask_;
    while (slots_[slot].id >= 0) slot = (slot + 1) & mask_;
    slots_[slot] = {token_head(text(id)), static_cast<uint32_t>(entries_[id].hash >> 32), id};
  }
}

namespace {

// One entry of the merged vocabulary; its text lies in a counter.
struct Merged {
  std::string_view text;
  uint64_t first;
  int64_t count;
  int32_t index;  // in the table of merged entries
  EntryType type;
};

// Adds every counter's entries up in `sum`; ids[c][local id] = its id there.
struct Sum {
  VocabularyCounter table;
  std::vector<std::vector<int32_t>> ids;
};

Sum add_up(std::span<const VocabularyCounter> counters) {
  Sum sum;
  for (const VocabularyCounter& counter : counters) {
    std::vector<int32_t>& ids = sum.ids.emplace_back();
    ids.reserve(static_cast<size_t>(counter.size()));
    for (int32_t id = 0; id < counter.size(); ++id) {
      ids.push_back(sum.table.add(counter.text(id), counter.hash(id), counter.first_place(id),
                                  counter.count(id)));
    }
  }
  return sum;
}

// fastText's order: an unstable sort, by type and falling count, of the tokens in order of first
// appearance. Tokens of equal count therefore stand where std::sort of libstdc++ puts them, and we
// call the same function on the same sequence to have the same order.
std::vector<Merged> in_file_order(const Sum& sum, std::string_view label_prefix) {
  std::vector<Merged> entries;
  entries.reserve(static_cast<size_t>(sum.table.size()));
  for (int32_t i = 0; i < sum.table.size(); ++i) {
    const std::string_view text = sum.table.text(i);
    const EntryType type = text.starts_with(label_prefix) ? EntryType::kLabel : EntryType::kWord;
    entries.push_back({text, sum.table.first_place(i), sum.table.count(i), i, type});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Merged& a, const Merged& b) { return a.first < b.first; });
  std::sort(entries.begin(), entries.end(), [](const Merged& a, const Merged& b) {
    if (a.type != b.type) return a.type < b.type;
    return a.count > b.count;
  });
  return entries;
}

}  // namespace

Vocabulary merge_vocabulary(std::span<const VocabularyCounter> counters,
                            std::string_view label_prefix, int64_t min_count,
                            int64_t min_count_label) {
  Sum sum = add_up(counters);
  int64_t ntokens = 0;
  for (int32_t i = 0; i < sum.table.size(); ++i) ntokens += sum.table.count(i);

  std::vector<DictionaryEntry> kept;
  std::vector<int32_t> final_id(static_cast<size_t>(sum.table.size()), -1);
  for (const Merged& entry : in_file_order(sum, label_prefix)) {
    if (entry.count < (entry.type == EntryType::kWord ? min_count : min_count_label)) continue;
    final_id[static_cast<size_t>(entry.index)] = static_cast<int32_t>(kept.size());
    kept.push_back({entry.text, entry.count, entry.type});
  }
  Vocabulary vocabulary{Dictionary(kept, ntokens), std::move(sum.ids)};
  for (std::vector<int32_t>& ids : vocabulary.ids) {
    for (int32_t& id : ids) id = final_id[static_cast<size_t>(id)];
  }
  return vocabulary;
}

}  // namespace wordfire
