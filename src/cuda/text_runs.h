// A range of a text on a device: in runs short enough that stop requests, divergence and progress
// are seen between them.
#pragma once

#include <cstdint>

#include "core/backend.h"
#include "cuda/text_view.h"

namespace wordfire {

// Who trains the lines: a GPU or, in tests, the CPU.
class TextEngine {
 public:
  virtual ~TextEngine() = default;
  // The weights go to the device, unless they are there, and the text may have changed.
  virtual void begin_range() = 0;
  // Brings examples from range.begin on to the device, as many of the range as there is room for.
  // Returns where they end.
  virtual int64_t fetch(ExampleRange range) = 0;
  // Trains examples that were fetched, `lines` at a time, and waits for them. diverged: the first
  // example in the order of the text.
  virtual TextSums train(const TextRun& run, int64_t lines) = 0;
};

// How many lines may be under way at once. Each misses what the others are about to move, so many
// at a high rate overshoot together. labels: output rows; lr: at the time; most: that the device
// can hold.
[[nodiscard]] int64_t lines_at_once(LossKind loss, int64_t labels, float lr, int64_t most);

// A line should not miss more than this part of all lines of a job, however low the rate: DBpedia
// (58,000 lines, 2 epochs, rate 0.1) loses 0.2 points of precision with up to 2500 at once, and
// 0.04 with 100.
inline constexpr int64_t kTextPartOfRun = 1024;

// How many lines make a run: as many as take about a twentieth of a second.
class RunLength {
 public:
  [[nodiscard]] int64_t lines() const { return lines_; }
  // A run of `lines` took so long.
  void took(int64_t lines, double seconds);

 private:
  int64_t lines_ = int64_t{1} << 14;
};

// task, plan, engine: outlive the pass. most_lines: see lines_at_once().
class TextRuns {
 public:
  TextRuns(const SupervisedTask& task, const RangePlan& plan, TextEngine& engine,
           int64_t most_lines);
  [[nodiscard]] RangeResult run(RunLength& length);

 private:
  // Returns false when the range ends early.
  bool run_fetched(int64_t begin, int64_t end, RunLength& length);
  bool run_lines(ExampleRange lines);
  void fail(int64_t example);

  const SupervisedTask& task_;
  const RangePlan& plan_;
  TextEngine& engine_;
  int64_t most_lines_;
  RangeResult result_;
};

}  // namespace wordfire
