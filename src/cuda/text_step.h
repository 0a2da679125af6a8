// One line of a text classifier: forward, backward, update (Joulin et al., arXiv:1607.01759), by a
// team of lanes; see text_team.h. It takes the random draws that the CPU takes (core/loss.cc) and
// follows its formulas; only sums are put together in another order.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/host_device.h"
#include "core/rng.h"
#include "cuda/lanes.h"
#include "cuda/text_layout.h"
#include "cuda/text_output.h"
#include "cuda/text_team.h"
#include "cuda/text_view.h"

namespace wordfire {

// Features that are one input row each.
struct PlainRows {
  // Calls use(values) with the values read(row) of the rows of features first, first + stride, ...
  template <typename Read, typename Use>
  WORDFIRE_WARP static void read(const SubwordView&, const int32_t* features, int64_t first,
                                 int64_t n, int64_t stride, Read read, Use use) {
    constexpr int kAhead = 8;
    read_ahead<kAhead>(
        first, n, stride, [&](int64_t i) { return read(features[i]); },
        [&](int64_t, const Float4& values) { use(values); });
  }
  template <typename Body>
  WORDFIRE_WARP static void for_each(const SubwordView&, int32_t feature, Body body) {
    body(feature);
  }
  template <class Team>
  WORDFIRE_WARP static int64_t count(Team&, float*, const SubwordView&, const int32_t*, int64_t n) {
    return n;
  }
};

// Features of which words have rows of character n-grams as well.
struct SubwordRows {
  template <typename Read, typename Use>
  WORDFIRE_WARP static void read(const SubwordView& subwords, const int32_t* features,
                                 int64_t first, int64_t n, int64_t stride, Read read, Use use) {
    constexpr int kAhead = 4;
    for (int64_t i = first; i < n; i += stride) {
      const int32_t feature = features[i];
      if (feature >= subwords.words) {
        use(read(feature));
        continue;
      }
      read_ahead<kAhead>(
          subwords.begin_of(feature), subwords.end[feature], 1,
          [&](int64_t row) { return read(subwords.rows[row]); },
          [&](int64_t, const Float4& values) { use(values); });
    }
  }
  template <typename Body>
  WORDFIRE_WARP static void for_each(const SubwordView& subwords, int32_t feature, Body body) {
    if (feature >= subwords.words) {
      body(feature);
      return;
    }
    const int64_t end = subwords.end[feature];
    for (int64_t i = subwords.begin_of(feature); i < end; ++i) body(subwords.rows[i]);
  }
  template <class Team>
  WORDFIRE_WARP static int64_t count(Team& team, float* sums, const SubwordView& subwords,
                                     const int32_t* features, int64_t n) {
    return static_cast<int64_t>(sum_of(team, sums, n, [&](int64_t i) {
      const int32_t feature = features[i];
      if (feature >= subwords.words) return 1.0f;
      return static_cast<float>(subwords.end[feature] - subwords.begin_of(feature));
    }));
  }
};

template <class Team, class Rows>
class TextStep {
 public:
  // All outlive the step.
  WORDFIRE_WARP TextStep(Team& team, const TextTask& task, const TextLayout& layout,
                         const TeamScratch& scratch)
      : team_(team), task_(task), layout_(layout), scratch_(scratch) {}

  // Trains the line and returns its loss, the same to every lane. rng: at its beginning for the
  // example.
  WORDFIRE_WARP float train(const TextLine& line, float lr, Rng rng) {
    const int32_t* const features = stage(line);
    const int64_t rows =
        Rows::count(team_, scratch_.sums, task_.subwords, features, line.n_features);
    const float share = 1.0f / static_cast<float>(rows);
    average(features, line.n_features, share);
    OutputLayer<Team> output(team_, task_, layout_, scratch_);
    const float loss = output.train(line, lr, rng, share);
    move(features, line.n_features);
    return loss;
  }

 private:
  // The line's features, near by if there is room for them.
  WORDFIRE_WARP const int32_t* stage(const TextLine& line) {
    if (line.n_features > layout_.staged) return line.features;
    team_.each(line.n_features, [&](int64_t i) { scratch_.staged[i] = line.features[i]; });
    return scratch_.staged;
  }

  [[nodiscard]] WORDFIRE_WARP float* at(int32_t row, int32_t chunk) const {
    return task_.weights.input + int64_t{row} * task_.weights.width + kChunk * chunk;
  }

  // hidden = share * sum of the rows.
  WORDFIRE_WARP void average(const int32_t* features, int64_t n, float share) {
    each_item(n, [&](int32_t item, int32_t first, int32_t chunk) {
      Float4 sum;
      Rows::read(
          task_.subwords, features, first, n, layout_.rows_at_once,
          [&](int32_t row) { return team_.load(at(row, chunk)); },
          [&](const Float4& values) { sum = add_scaled(sum, 1, values); });
      scratch_.partial[item] = sum;
    });
    add_up_partial(team_, layout_, scratch_, n, share, scratch_.hidden);
  }

  // Each row += gradient, which has the mean's share in it.
  WORDFIRE_WARP void move(const int32_t* features, int64_t n) {
    each_item(n, [&](int32_t, int32_t first, int32_t chunk) {
      const Float4 gradient = scratch_.gradient[chunk];
      for (int64_t i = first; i < n; i += layout_.rows_at_once) {
        Rows::for_each(task_.subwords, features[i],
                       [&](int32_t row) { team_.add(at(row, chunk), gradient); });
      }
    });
  }

  template <typename Body>
  WORDFIRE_WARP void each_item(int64_t n, Body body) {
    for_each_item(team_, layout_, n, body);
  }

  Team& team_;
  const TextTask& task_;
  const TextLayout& layout_;
  const TeamScratch& scratch_;
};

// Every `shares`-th line of a run, from number `share` on.
template <class Rows, class Team>
WORDFIRE_WARP TextSums train_share(Team& team, const TextTask& task, const TextRun& run,
                                   const TextLayout& layout, const TeamScratch& scratch,
                                   int64_t share, int64_t shares) {
  TextStep<Team, Rows> step(team, task, layout, scratch);
  TextSums sums;
  for (int64_t i = run.begin + share; i < run.end; i += shares) {
    const TextLine line = task.text.line(i);
    const Rng rng(task.seed, static_cast<uint64_t>(run.rate.epoch),
                  static_cast<uint64_t>(run.examples_before + i));
    const float loss = step.train(line, run.rate.at(line.tokens_before), rng);
    sums.loss += loss;
    if (loss - loss != 0) {  // not a number, or infinite
      sums.diverged = i;
      break;
    }
  }
  return sums;
}

}  // namespace wordfire
