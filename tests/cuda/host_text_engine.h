// The GPU's way of training a text classifier, run on the CPU: the same text of code, a lane and a
// line after the other.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "cuda/text_layout.h"
#include "cuda/text_room.h"
#include "cuda/text_runs.h"
#include "cuda/text_step.h"
#include "cuda/text_tables.h"
#include "cuda/text_team.h"

namespace wordfire {

// A team's working memory, of exactly the size that it asks for, so that sanitizers see whoever
// leaves it, and full of what is no number, so that nobody reads what he has not written.
class HostScratch {
 public:
  explicit HostScratch(const TextLayout& layout)
      : near_(chunks(layout.near_bytes()), kNothing), far_(chunks(layout.far_bytes()), kNothing) {}

  [[nodiscard]] TeamScratch carve(const TextLayout& layout) {
    return layout.carve(near_.data(), far_.data());
  }

 private:
  static constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  static constexpr Float4 kNothing = {kNan, kNan, kNan, kNan};
  static size_t chunks(int64_t bytes) {
    return (static_cast<size_t>(bytes) + sizeof(Float4) - 1) / sizeof(Float4);
  }

  std::vector<Float4> near_;
  std::vector<Float4> far_;
};

// The task as the kernels see it, in the host's memory, with the examples of a range. from, tables:
// outlive it.
[[nodiscard]] inline TextTask host_text_task(const SupervisedTask& from, const TextTables& tables,
                                             const ExampleRange& range) {
  TextTask task;
  task.text = view_text(from.corpus, range);
  const std::span<const int64_t> subword_end = from.subwords.ends();
  task.subwords = {subword_end.data(), from.subwords.rows().data(),
                   static_cast<int32_t>(subword_end.size())};
  task.loss = tables.view();
  task.weights = {from.weights.input.row(0), from.weights.output.row(0),
                  padded_width(from.weights.input.dim()),
                  (from.weights.input.dim() + kChunk - 1) / kChunk,
                  static_cast<int32_t>(from.weights.output.rows())};
  task.seed = from.seed;
  return task;
}

template <class Team>
class HostTextEngine final : public TextEngine {
 public:
  HostTextEngine(const SupervisedTask& task, const TextLayout& layout, Team team)
      : task_(task),
        tables_(task.loss, task.weights.output.rows()),
        layout_(layout),
        scratch_(layout),
        there_{0, task.corpus.examples()},
        team_(std::move(team)) {}

  void begin_range() override {}
  int64_t fetch(ExampleRange range) override {
    there_ = range;
    return range.end;
  }

  TextSums train(const TextRun& run, int64_t lines) override {
    const TextTask view = host_text_task(task_, tables_, there_);
    const TeamScratch scratch = scratch_.carve(layout_);
    TextSums all;
    for (int64_t share = 0; share < lines; ++share) {
      const TextSums sums =
          task_.subwords.empty()
              ? train_share<PlainRows>(team_, view, run, layout_, scratch, share, lines)
              : train_share<SubwordRows>(team_, view, run, layout_, scratch, share, lines);
      add_sums(all, sums);
    }
    return all;
  }

 private:
  SupervisedTask task_;
  TextTables tables_;
  TextLayout layout_;
  HostScratch scratch_;
  ExampleRange there_;
  Team team_;
};

}  // namespace wordfire
