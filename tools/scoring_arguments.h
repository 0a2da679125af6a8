// What predict, predict-prob, test and test-label take.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace wordfire {

struct ScoringArguments {
  std::string model;
  std::string file;  // "-": standard input
  int32_t k = 1;     // -1: all labels
  float threshold = 0;
  int threads = 1;
  bool json = false;
  bool raw = false;  // treat the text as the model's training text was
};

// Reads `model file [k] [th]` and flags. nullopt when help was asked for and printed.
// Throws Error (usage) naming the argument.
[[nodiscard]] std::optional<ScoringArguments> parse_scoring_arguments(
    const std::string& verb, const std::string& description, std::span<const std::string> args);

// The value of -thread; 0 and none become the threads that the process may use.
[[nodiscard]] int parse_threads(const std::optional<std::string>& text);

}  // namespace wordfire
