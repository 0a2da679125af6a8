// The score of several corpora together, on one rank or on all.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "core/backend.h"
#include "core/corpus.h"
#include "dist/communicator.h"
#include "train/training_job.h"

namespace wordfire {

class TextScore {
 public:
  // of: the score of the examples of `corpus` in `range`.
  void add(const Corpus& corpus, const ExampleRange& range, const ValidationScore& of) {
    if (of.examples == 0) return;  // then its precision is not a number
    const auto labels_before = [&](int64_t i) {
      return i == 0 ? 0 : corpus.label_end[static_cast<size_t>(i - 1)];
    };
    hits_ += std::llround(of.precision * static_cast<double>(of.examples));
    examples_ += of.examples;
    labels_ += labels_before(range.end) - labels_before(range.begin);
  }
  // It cannot be had.
  void fail() { failed_ = 1; }

  // Of all ranks together; collective. Nothing if it has failed on any.
  [[nodiscard]] std::optional<ValidationScore> result(Communicator& ranks) const {
    std::array<int64_t, 4> all = {hits_, examples_, labels_, failed_};
    ranks.sum(std::span(all));
    if (all[3] > 0) return std::nullopt;
    const auto hits = static_cast<double>(all[0]);
    return ValidationScore{all[1], hits / static_cast<double>(std::max<int64_t>(all[1], 1)),
                           hits / static_cast<double>(std::max<int64_t>(all[2], 1))};
  }

 private:
  int64_t hits_ = 0;
  int64_t examples_ = 0;
  int64_t labels_ = 0;
  int64_t failed_ = 0;
};

}  // namespace wordfire
