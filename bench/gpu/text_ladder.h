// A text classifier with softmax as a plain kernel, beside which production's (cuda/text_step.h) is
// timed: one warp a line, a row after the other. Rows of at most 128 floats. Over a Warp, as
// word_ladder.h says; tests/cuda/text_ladder_test.cc runs it on the CPU.
//   1. Access is ScalarRows: a float a lane, an atomic addition each
//   2. Access is RowAccess: four floats a lane
//   3. production: rows side by side, several reads under way, output rows kept between their score
//      and their move
#pragma once

#include <cmath>
#include <cstdint>

#include "bench/gpu/scalar_rows.h"
#include "core/loss_formulas.h"
#include "core/rng.h"
#include "cuda/lane_sums.h"
#include "cuda/row_lanes.h"
#include "cuda/text_view.h"

namespace wordfire::ladder {

template <class Warp, class Access>
class PlainLine {
 public:
  using Row = typename Access::Row;

  // scores: [weights.labels], the warp's own.
  WORDFIRE_WARP PlainLine(const TextWeights& weights, float* scores)
      : weights_(weights), scores_(scores), access_(weights.width) {}

  // Trains the line and returns its loss.
  WORDFIRE_WARP float train(const TextLine& line, float lr, Rng rng) {
    const float share = 1.0f / static_cast<float>(line.n_features);
    Row sum = Access::zero();
    for (int64_t i = 0; i < line.n_features; ++i) {
      Access::add(sum, 1, access_.load_shared(input(line.features[i])));
    }
    const Row hidden = Access::scaled(sum, share);
    const int32_t target =
        line.labels[line.n_labels == 1 ? 0 : rng.below(static_cast<uint32_t>(line.n_labels))];
    score(hidden);
    Row gradient = Access::zero();
    const float loss = move_outputs(target, lr, hidden, gradient);
    const Row move = Access::scaled(gradient, share);
    for (int64_t i = 0; i < line.n_features; ++i) {
      access_.add_to_shared(input(line.features[i]), move);
    }
    return loss;
  }

 private:
  [[nodiscard]] WORDFIRE_WARP float* input(int32_t id) const {
    return access_.row(weights_.input, id);
  }
  [[nodiscard]] WORDFIRE_WARP float* output(int32_t label) const {
    return access_.row(weights_.output, label);
  }
  WORDFIRE_WARP void score(const Row& hidden) const {
    Warp::sync();  // all lanes have read the scores of the line before
    for (int32_t label = 0; label < weights_.labels; ++label) {
      auto products = Access::products(hidden, access_.load_shared(output(label)));
      const auto sum = lane_sums<1, Warp>(Warp(), &products);
      Warp::each([&](int lane) {
        if (lane == 0) scores_[label] = Warp::at(sum, lane);
      });
    }
    Warp::sync();
  }
  // Every lane computes the same.
  WORDFIRE_WARP float move_outputs(int32_t target, float lr, const Row& hidden,
                                   Row& gradient) const {
    float largest = scores_[0];
    for (int32_t label = 1; label < weights_.labels; ++label) {
      largest = scores_[label] > largest ? scores_[label] : largest;
    }
    float sum = 0;
    for (int32_t label = 0; label < weights_.labels; ++label) {
      sum += std::exp(scores_[label] - largest);
    }
    for (int32_t label = 0; label < weights_.labels; ++label) {
      const float p = std::exp(scores_[label] - largest) / sum;
      const float alpha = output_step(lr, label == target ? 1.0f : 0.0f, p);
      Access::add(gradient, alpha, access_.load_shared(output(label)));
      access_.add_to_shared(output(label), Access::scaled(hidden, alpha));
    }
    return log_loss(std::exp(scores_[target] - largest) / sum);
  }

  TextWeights weights_;
  float* scores_;
  Access access_;
};

template <class Warp>
using ScalarLine = PlainLine<Warp, ScalarRows<Warp>>;
template <class Warp>
using QuadLine = PlainLine<Warp, RowAccess<Warp, 1>>;

// Every `shares`-th line of a run, from number `share` on, as train_share() of production.
template <class Line>
WORDFIRE_WARP TextSums train_plain_share(Line& step, const TextView& text, uint64_t seed,
                                         const TextRun& run, int64_t share, int64_t shares) {
  TextSums sums;
  for (int64_t i = run.begin + share; i < run.end; i += shares) {
    const TextLine line = text.line(i);
    const Rng rng(seed, static_cast<uint64_t>(run.rate.epoch),
                  static_cast<uint64_t>(run.examples_before + i));
    sums.loss += step.train(line, run.rate.at(line.tokens_before), rng);
  }
  return sums;
}

}  // namespace wordfire::ladder
