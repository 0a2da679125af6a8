// Supervised training as fastText's papers say it, one number at a time and in double. It takes the
// same random draws as the engine: one stream for each (seed, epoch, example), which first picks
// the label, then the negatives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/alias_table.h"
#include "core/options.h"
#include "core/rng.h"
#include "tests/reference/plain_loss.h"
#include "tests/reference/plain_tree.h"

namespace wordfire::reference {

struct Example {
  std::vector<int32_t> features;
  std::vector<int32_t> labels;
};

class SgdTrainer {
 public:
  SgdTrainer(const ModelArgs& args, std::vector<int64_t> label_counts, Rows input, Rows output)
      : args_(args),
        counts_(std::move(label_counts)),
        tree_(huffman_tree(counts_)),
        negatives_(powered_counts(counts_, 0.5)),
        input_(std::move(input)),
        output_(std::move(output)) {}

  // One example after the other.
  void step(const Example& example, double lr, Rng rng) {
    const Vector hidden = mean_of(example.features);
    Vector gradient(hidden.size());
    move_output(steps(example, hidden, lr, rng), hidden, gradient);
    move_input(example, gradient);
  }

  // Several examples, all from the weights as they stand; then all moves, in order.
  void batch(std::span<const Example> examples, std::span<const double> lr,
             std::span<const Rng> rng) {
    const SgdTrainer before = *this;
    for (size_t i = 0; i < examples.size(); ++i) {
      const Vector hidden = before.mean_of(examples[i].features);
      Vector gradient(hidden.size());
      for (const auto& [row, alpha] : before.steps(examples[i], hidden, lr[i], rng[i])) {
        add(gradient, alpha, before.output_[static_cast<size_t>(row)]);
        add(output_[static_cast<size_t>(row)], alpha, hidden);
      }
      move_input(examples[i], gradient);
    }
  }

  // Batches of `size` in a pipeline: the hidden vectors of a batch miss the input moves of the
  // batch before; output rows move example by example.
  void in_series(std::span<const Example> examples, std::span<const double> lr,
                 std::span<const Rng> rng, size_t size) {
    std::vector<std::pair<size_t, Vector>> moves;  // example, gradient
    for (size_t begin = 0; begin < examples.size(); begin += size) {
      const size_t end = std::min(examples.size(), begin + size);
      std::vector<Vector> hidden;
      for (size_t i = begin; i < end; ++i) hidden.push_back(mean_of(examples[i].features));
      for (const auto& [i, gradient] : moves) move_input(examples[i], gradient);
      moves.clear();
      for (size_t i = begin; i < end; ++i) {
        Vector& gradient = moves.emplace_back(i, Vector(hidden[0].size())).second;
        move_output(steps(examples[i], hidden[i - begin], lr[i], rng[i]), hidden[i - begin],
                    gradient);
      }
    }
    for (const auto& [i, gradient] : moves) move_input(examples[i], gradient);
  }

  [[nodiscard]] const Rows& input() const { return input_; }
  [[nodiscard]] const Rows& output() const { return output_; }

 private:
  using Step = std::pair<int32_t, double>;  // output row, lr * (target - probability)

  static void add(Vector& to, double factor, const Vector& from) {
    for (size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
  }

  [[nodiscard]] Vector mean_of(const std::vector<int32_t>& features) const {
    Vector mean(static_cast<size_t>(args_.dim));
    for (const int32_t row : features) {
      add(mean, 1.0 / static_cast<double>(features.size()), input_[static_cast<size_t>(row)]);
    }
    return mean;
  }

  // Adds what the example wants of its hidden vector to `gradient`.
  void move_output(const std::vector<Step>& steps, const Vector& hidden, Vector& gradient) {
    for (const auto& [row, alpha] : steps) {
      add(gradient, alpha, output_[static_cast<size_t>(row)]);
      add(output_[static_cast<size_t>(row)], alpha, hidden);
    }
  }

  void move_input(const Example& example, const Vector& gradient) {
    for (const int32_t row : example.features) {
      add(input_[static_cast<size_t>(row)], 1.0 / static_cast<double>(example.features.size()),
          gradient);
    }
  }

  [[nodiscard]] std::vector<Step> steps(const Example& example, const Vector& hidden, double lr,
                                        Rng rng) const {
    std::vector<Step> steps;
    if (args_.loss == LossKind::kSoftmax) {
      const int32_t target = pick(example.labels, rng);
      for (int32_t row = 0; row < labels(); ++row) {
        const double p = std::exp(-softmax_loss(output_, hidden, row));
        steps.emplace_back(row, lr * ((row == target ? 1 : 0) - p));
      }
      return steps;
    }
    for (const auto& [row, positive] : units(example.labels, rng)) {
      const double p = 1 / (1 + std::exp(-dot(output_[static_cast<size_t>(row)], hidden)));
      steps.emplace_back(row, lr * ((positive ? 1 : 0) - p));
    }
    return steps;
  }

  [[nodiscard]] std::vector<Unit> units(const std::vector<int32_t>& labels_of, Rng& rng) const {
    std::vector<Unit> units;
    if (args_.loss == LossKind::kOneVsAll) {
      for (int32_t row = 0; row < labels(); ++row) {
        bool positive = false;
        for (const int32_t label : labels_of) positive |= label == row;
        units.emplace_back(row, positive);
      }
      return units;
    }
    const int32_t target = pick(labels_of, rng);
    if (args_.loss == LossKind::kHierarchicalSoftmax) return path_of(tree_, target);
    units.emplace_back(target, true);
    while (static_cast<int32_t>(units.size()) <= args_.neg) {
      const int32_t drawn = negatives_.draw(rng);
      if (drawn != target) units.emplace_back(drawn, false);
    }
    return units;
  }

  static int32_t pick(const std::vector<int32_t>& labels, Rng& rng) {
    return labels.size() == 1 ? labels[0] : labels[rng.below(static_cast<uint32_t>(labels.size()))];
  }
  [[nodiscard]] int32_t labels() const { return static_cast<int32_t>(output_.size()); }

  ModelArgs args_;
  std::vector<int64_t> counts_;
  std::vector<TreeNode> tree_;
  AliasTable negatives_;
  Rows input_;
  Rows output_;
};

}  // namespace wordfire::reference
