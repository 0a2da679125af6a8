#include "dist/shared_vocabulary.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/parallel.h"

namespace wordfire {
namespace {

// In front of each token's bytes.
struct TokenHead {
  uint64_t place;
  int64_t count;
  uint64_t size;
};

template <typename Head>
void append(const Head& head, std::string_view text, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(&head), sizeof(head));
  bytes.append(text);
}

template <typename Head, typename Take>
void for_each(std::string_view bytes, Take take) {
  while (!bytes.empty()) {
    Head head;
    std::memcpy(&head, bytes.data(), sizeof(head));
    take(head, bytes.substr(sizeof(head), head.size));
    bytes.remove_prefix(sizeof(head) + head.size);
  }
}

// Places of a rank's share come behind those of the ranks before it: no share has 2^26 blocks.
uint64_t first_place(int rank, ShareOrder order) {
  constexpr int kBlocksOfShare = 26;
  if (order == ShareOrder::kDealtOut) return 0;
  return VocabularyCounter::place(static_cast<uint64_t>(rank) << kBlocksOfShare, 0);
}

VocabularyCounter add_up(std::span<const VocabularyCounter> counters, uint64_t first_place) {
  VocabularyCounter sum;
  for (const VocabularyCounter& counter : counters) {
    for (int32_t id = 0; id < counter.size(); ++id) {
      sum.add(counter.text(id), counter.hash(id), counter.first_place(id) + first_place,
              counter.count(id));
    }
  }
  return sum;
}

std::string packed(const VocabularyCounter& tokens) {
  std::string bytes;
  for (int32_t id = 0; id < tokens.size(); ++id) {
    const std::string_view text = tokens.text(id);
    append(TokenHead{tokens.first_place(id), tokens.count(id), text.size()}, text, bytes);
  }
  return bytes;
}

void add_packed(std::string_view bytes, VocabularyCounter& tokens) {
  for_each<TokenHead>(bytes, [&](const TokenHead& head, std::string_view text) {
    tokens.add(text, Dictionary::hash_of(text), head.place, head.count);
  });
}

struct EntryHead {
  int64_t count;
  uint64_t size;
  uint64_t type;
};

std::string packed(const Dictionary& dictionary) {
  std::string bytes;
  for (int32_t id = 0; id < dictionary.size(); ++id) {
    const std::string_view text = dictionary.text(id);
    append(EntryHead{dictionary.count(id), text.size(), static_cast<uint64_t>(dictionary.type(id))},
           text, bytes);
  }
  return bytes;
}

Dictionary unpacked(std::string_view bytes, int64_t ntokens) {
  std::vector<DictionaryEntry> entries;
  for_each<EntryHead>(bytes, [&](const EntryHead& head, std::string_view text) {
    entries.push_back({text, head.count, static_cast<EntryType>(head.type)});
  });
  return {entries, ntokens};
}

}  // namespace

VocabularyCounter gather_tokens(Communicator& ranks, std::span<const VocabularyCounter> counters,
                                ShareOrder order) {
  VocabularyCounter tokens = add_up(counters, first_place(ranks.rank(), order));
  for (int step = 1; step < ranks.size(); step *= 2) {
    if (ranks.rank() % (2 * step) == step) {
      ranks.send(ranks.rank() - step, packed(tokens));
      return {};
    }
    if (ranks.rank() + step < ranks.size()) add_packed(ranks.receive(ranks.rank() + step), tokens);
  }
  return tokens;
}

void broadcast_dictionary(Communicator& ranks, Dictionary& dictionary) {
  std::string bytes = ranks.rank() == 0 ? packed(dictionary) : "";
  std::vector<int64_t> sizes = {static_cast<int64_t>(bytes.size()), dictionary.ntokens()};
  ranks.broadcast(std::as_writable_bytes(std::span(sizes)), 0);
  bytes.resize(static_cast<size_t>(sizes[0]));
  ranks.broadcast(std::as_writable_bytes(std::span(bytes)), 0);
  if (ranks.rank() != 0) dictionary = unpacked(bytes, sizes[1]);
}

std::vector<std::vector<int32_t>> ids_of_tokens(std::span<const VocabularyCounter> counters,
                                                const Dictionary& dictionary, int threads) {
  std::vector<std::vector<int32_t>> ids(counters.size());
  parallel_for(static_cast<int64_t>(counters.size()), 1, threads, [&](int64_t begin, int64_t) {
    const VocabularyCounter& counter = counters[static_cast<size_t>(begin)];
    std::vector<int32_t>& of_counter = ids[static_cast<size_t>(begin)];
    of_counter.reserve(static_cast<size_t>(counter.size()));
    for (int32_t i = 0; i < counter.size(); ++i) {
      of_counter.push_back(dictionary.find(counter.text(i), counter.hash(i)).id);
    }
  });
  return ids;
}

}  // namespace wordfire
