// fastText's rules from text to rows, said plainly: tokens, dictionary, character and word n-grams.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"

namespace wordfire::reference {

inline bool separates(char c) {
  return std::string_view(" \n\r\t\v\f\0", 7).find(c) != std::string_view::npos;
}

// The tokens of a text, byte by byte; each '\n' gives the token "</s>".
inline std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  std::string token;
  const auto end_token = [&] {
    if (!token.empty()) tokens.push_back(token);
    token.clear();
  };
  for (const char c : text) {
    if (!separates(c)) {
      token.push_back(c);
      continue;
    }
    end_token();
    if (c == '\n') tokens.push_back("</s>");
  }
  end_token();
  return tokens;
}

// The lines of a text, with their '\n'.
inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t size = std::min(text.size(), text.find('\n') + (text.find('\n') + 1 ? 1 : 0));
    lines.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

struct Entry {
  std::string text;
  int64_t count = 0;
  bool label = false;

  friend bool operator==(const Entry&, const Entry&) = default;
};

// Words, then labels, by falling count: std::sort over the tokens in order of first appearance,
// then the thresholds.
inline std::vector<Entry> dictionary_of(const std::vector<std::string>& tokens,
                                        std::string_view label_prefix, int64_t min_count,
                                        int64_t min_count_label) {
  std::map<std::string, size_t> index;
  std::vector<Entry> entries;
  for (const std::string& token : tokens) {
    const auto [found, added] = index.emplace(token, entries.size());
    if (added) entries.push_back({token, 0, token.starts_with(label_prefix)});
    ++entries[found->second].count;
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.label != b.label ? a.label < b.label : a.count > b.count;
  });
  std::erase_if(entries, [&](const Entry& entry) {
    return entry.count < (entry.label ? min_count_label : min_count);
  });
  return entries;
}

// FNV-1a, each byte sign-extended.
inline uint32_t hash_of(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (const char c : text) {
    hash ^= static_cast<uint32_t>(static_cast<int8_t>(c));
    hash *= 16777619u;
  }
  return hash;
}

// The characters of a word: a byte that is no continuation, and the continuations behind it. Bytes
// that continue nothing, at the start, belong to no character.
inline std::vector<std::string> characters_of(std::string_view word) {
  std::vector<std::string> characters;
  for (const char c : word) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (!continues) {
      characters.emplace_back(1, c);
    } else if (!characters.empty()) {
      characters.back().push_back(c);
    }
  }
  return characters;
}

// All n-grams of the characters of "<word>", by start, then by length; no bracket alone.
inline std::vector<std::string> subwords_of(const std::string& word, const ModelArgs& args) {
  std::vector<std::string> subwords;
  if (word == "</s>") return subwords;
  const std::vector<std::string> characters = characters_of("<" + word + ">");
  const auto n = static_cast<int32_t>(characters.size());
  for (int32_t begin = 0; begin < n; ++begin) {
    for (int32_t length = args.minn; length <= args.maxn && begin + length <= n; ++length) {
      if (length == 0) continue;
      if (length == 1 && (begin == 0 || begin == n - 1)) continue;
      std::string& subword = subwords.emplace_back();
      for (int32_t i = begin; i < begin + length; ++i)
        subword += characters[static_cast<size_t>(i)];
    }
  }
  return subwords;
}

// The buckets of the n-grams of 2 to word_ngrams words, each hash extended to 64 bits with its
// sign.
inline std::vector<int32_t> word_ngram_buckets(const std::vector<std::string>& words,
                                               const ModelArgs& args) {
  std::vector<int32_t> buckets;
  const auto signed_hash = [&](size_t i) {
    return static_cast<uint64_t>(int64_t{static_cast<int32_t>(hash_of(words[i]))});
  };
  for (size_t first = 0; first < words.size(); ++first) {
    uint64_t hash = signed_hash(first);
    for (size_t n = 2; n <= static_cast<size_t>(args.word_ngrams); ++n) {
      if (first + n > words.size()) break;
      hash = hash * 116049371 + signed_hash(first + n - 1);
      buckets.push_back(static_cast<int32_t>(hash % static_cast<uint64_t>(args.bucket)));
    }
  }
  return buckets;
}

}  // namespace wordfire::reference
