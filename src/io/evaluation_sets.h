// The files that word vectors are measured by: pairs of words with people's scores of their
// likeness, and analogies.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace wordfire {

struct WordPair {
  std::string first;
  std::string second;
  double score;
};

struct WordPairs {
  std::string name;  // the file's, without folder
  std::vector<WordPair> pairs;
};

// Reads lines of "word word score", separated by tabs, semicolons, commas or blanks; what stands
// behind the score is left out, and so are empty lines, lines that begin with '#', and a first line
// without a score, which names the columns. Throws Error (no_input, io), and Error (data) naming
// the line for any other line, or a file without pairs.
[[nodiscard]] WordPairs read_word_pairs(const std::string& path);

// "a b c d": a is to b as c is to d.
using WordAnalogy = std::array<std::string, 4>;

struct AnalogySection {
  std::string name;
  std::vector<WordAnalogy> questions;
};

struct AnalogySet {
  std::string name;
  std::vector<AnalogySection> sections;
};

// Reads Google's format: lines ": NAME" begin a section, others are four words. Throws as above.
[[nodiscard]] AnalogySet read_analogies(const std::string& path);

}  // namespace wordfire
