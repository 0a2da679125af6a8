#include "io/evaluation_sets.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "core/ascii_text.h"
#include "core/error.h"
#include "core/strict_number.h"
#include "io/row_fault.h"
#include "io/text_lines.h"

namespace wordfire {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string name_of(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

[[noreturn]] void fail(const std::string& path, int64_t number, std::string_view line,
                       std::string_view wanted) {
  throw Error::data(fmt::format("{}:{}: found {}, want {}", path, number, excerpt(line), wanted));
}

// Cuts off and returns what stands before the first separator; blanks around it do not count.
std::string_view next_field(std::string_view& rest, char separator) {
  rest = trimmed(rest);
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view field = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return field;
}

std::optional<WordPair> parse_pair(std::string_view line, char separator) {
  const std::string_view first = next_field(line, separator);
  const std::string_view second = next_field(line, separator);
  const std::optional<double> score = parse_real(next_field(line, separator));
  if (first.empty() || second.empty() || !score) return std::nullopt;
  return WordPair{std::string(first), std::string(second), *score};
}

std::optional<WordPair> parse_pair(std::string_view line) {
  for (const char separator : {'\t', ';', ',', ' '}) {
    if (auto pair = parse_pair(line, separator)) return pair;
  }
  return std::nullopt;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (!(line = trimmed(line)).empty()) {
    const size_t end = std::min(line.find_first_of(kBlanks), line.size());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

}  // namespace

WordPairs read_word_pairs(const std::string& path) {
  WordPairs set{name_of(path), {}};
  bool may_be_head = true;
  for_each_line(path, [&](std::string_view line, int64_t number) {
    if (trimmed(line).empty() || trimmed(line).starts_with('#')) return;
    std::optional<WordPair> pair = parse_pair(line);
    if (pair) {
      set.pairs.push_back(std::move(*pair));
    } else if (!may_be_head) {
      fail(path, number, line, "two words and a score");
    }
    may_be_head = false;
  });
  if (set.pairs.empty()) {
    throw Error::data(path + ": found no line of two words and a score, want at least one");
  }
  return set;
}

AnalogySet read_analogies(const std::string& path) {
  AnalogySet set{name_of(path), {}};
  bool has_questions = false;
  for_each_line(path, [&](std::string_view line, int64_t number) {
    if (trimmed(line).empty()) return;
    if (line.starts_with(':')) {
      set.sections.push_back({std::string(trimmed(line.substr(1))), {}});
      return;
    }
    std::vector<std::string> words = words_of(line);
    if (words.size() != 4) fail(path, number, line, "four words, or \": \" and a section's name");
    has_questions = true;
    if (set.sections.empty()) set.sections.emplace_back();
    set.sections.back().questions.push_back(
        {std::move(words[0]), std::move(words[1]), std::move(words[2]), std::move(words[3])});
  });
  if (!has_questions) {
    throw Error::data(path + ": found no line of four words, want at least one");
  }
  return set;
}

}  // namespace wordfire
