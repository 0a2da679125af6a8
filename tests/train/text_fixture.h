// Training text on disk, with everything that lines may have: several labels, none, unknown words,
// blanks of all kinds, lines that stand twice.
#pragma once

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/model.h"
#include "core/vocabulary.h"
#include "tests/io/folder_fixture.h"
#include "tests/reference/plain_text.h"
#include "train/corpus_storage.h"
#include "train/text_counter.h"

namespace wordfire {

// One line without its end.
inline std::string random_line(std::mt19937& random) {
  const std::vector<std::string> blanks = {" ", "\t", "  ", " \v", "\r"};
  const auto blank = [&] { return blanks[random() % 20 < 16 ? 0 : random() % blanks.size()]; };
  std::string line;
  if (random() % 10 == 0) return line;  // blank
  const uint32_t topic = random() % 5;
  for (uint32_t labels = random() % 8 == 0 ? random() % 3 : 1; labels > 0; --labels) {
    line += "__label__" + std::to_string(random() % 50 == 0 ? random() % 40 : topic) + blank();
  }
  for (uint32_t words = random() % 12; words > 0; --words) {
    const uint32_t kind = random() % 10;
    line += kind == 0 ? "rare" + std::to_string(random() % 5000)
                      : (kind < 4 ? "common" + std::to_string(random() % 20)
                                  : "tópic" + std::to_string(topic * 10 + random() % 6));
    line += blank();
  }
  return line;
}

inline std::string random_text(int lines, uint32_t seed) {
  std::mt19937 random(seed);
  std::string text;
  for (int i = 0; i < lines; ++i) text += random_line(random) + "\n";
  return text;
}

inline std::shared_ptr<StorageBudget> large_budget() {
  return std::make_shared<StorageBudget>(int64_t{1} << 34, "");
}

inline CountedText count(const std::vector<std::string>& paths, int threads) {
  const std::atomic<bool> stop = false;
  return count_text(paths, {}, large_budget(), threads, {}, stop);
}

class TextTest : public FolderTest {
 protected:
  // Three files and an empty one; the second lacks its last newline. `lines` in all.
  std::vector<std::string> write_files(int lines) {
    const std::string second = random_text(lines / 3, 2);
    parts_ = {random_text(lines / 3, 1), second.substr(0, second.size() - 1), "",
              random_text(lines / 3, 3)};
    std::vector<std::string> paths;
    for (size_t i = 0; i < parts_.size(); ++i) {
      paths.push_back(write("part" + std::to_string(i), parts_[i]));
    }
    return paths;
  }
  // The lines of all files, with their ends.
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const std::string& part : parts_) {
      for (std::string& line : reference::lines_of(part)) all.push_back(std::move(line));
    }
    return all;
  }
  [[nodiscard]] std::vector<std::string> tokens() const {
    std::vector<std::string> all;
    for (const std::string& part : parts_) {
      for (std::string& token : reference::tokens_of(part)) all.push_back(std::move(token));
    }
    return all;
  }

  std::vector<std::string> parts_;
};

}  // namespace wordfire
