#include "core/loss.h"

#include <algorithm>
#include <cmath>

#include "core/activations.h"
#include "core/error.h"
#include "core/loss_formulas.h"
#include "core/row_kernels.h"

namespace wordfire {
namespace {

int32_t pick(std::span<const int32_t> labels, Rng& rng) {
  return labels.size() == 1 ? labels[0] : labels[rng.below(static_cast<uint32_t>(labels.size()))];
}

// step.alpha[0, n) = output rows . hidden.
void score(const SharedMatrix& output, const float* hidden, int64_t n, OutputStep& step) {
  step.alpha.resize(static_cast<size_t>(n));
  output.dot_rows(step.rows(), n, hidden, step.alpha.data());
}

class Softmax final : public Loss {
 public:
  [[nodiscard]] LossKind kind() const override { return LossKind::kSoftmax; }

  float gradient(const SharedMatrix& output, const float* hidden, std::span<const int32_t> labels,
                 float lr, Rng& rng, OutputStep& step) const override {
    const int32_t target = pick(labels, rng);
    step.all = true;
    score(output, hidden, output.rows(), step);
    kernels::softmax(step.alpha.data(), output.rows());
    const float p = step.alpha[target];
    kernels::scale(step.alpha.data(), output.rows(), -lr);
    step.alpha[target] = output_step(lr, 1, p);
    return log_loss(p);
  }
};

class OneVsAll final : public Loss {
 public:
  [[nodiscard]] LossKind kind() const override { return LossKind::kOneVsAll; }

  float gradient(const SharedMatrix& output, const float* hidden, std::span<const int32_t> labels,
                 float lr, Rng&, OutputStep& step) const override {
    step.all = true;
    score(output, hidden, output.rows(), step);
    kernels::sigmoid(step.alpha.data(), output.rows());
    double loss = -sum_of_logs(step.alpha);
    for (const int32_t label : labels) {
      const float p = step.alpha[label];
      if (p < 0) continue;  // the label stands twice on the line
      loss += log_loss(p) - log_loss(1 - p);
      step.alpha[label] = std::min(p - 1, -1e-30f);  // below zero: done
    }
    kernels::scale(step.alpha.data(), output.rows(), -lr);
    return static_cast<float>(loss);
  }

 private:
  // Sum of log(1 - p), a logarithm for every eight factors: a factor is at least 1e-12.
  static double sum_of_logs(const std::vector<float>& p) {
    double sum = 0;
    for (size_t i = 0; i < p.size(); i += 8) {
      double product = 1;
      for (size_t j = i; j < std::min(p.size(), i + 8); ++j) {
        const double q = 1.0 - p[j];
        product *= q < 1e-12 ? 1e-12 : q;
      }
      sum += std::log(product);
    }
    return sum;
  }
};

// Logistic units step.ids with targets: unit i is positive if positive(i).
template <typename Positive>
float logistic_units(const SharedMatrix& output, const float* hidden, float lr, OutputStep& step,
                     Positive positive) {
  step.all = false;
  const auto n = static_cast<int64_t>(step.ids.size());
  score(output, hidden, n, step);
  float loss = 0;
  for (int64_t i = 0; i < n; ++i) {
    const float p = sigmoid(step.alpha[i]);
    const bool is_positive = positive(i);
    loss += log_loss(is_positive ? p : 1 - p);
    step.alpha[i] = output_step(lr, is_positive ? 1.0f : 0.0f, p);
  }
  return loss;
}

class NegativeSampling final : public Loss {
 public:
  NegativeSampling(int32_t neg, std::span<const int64_t> counts, double power)
      : neg_(neg), table_(powered_counts(counts, power)) {}

  [[nodiscard]] LossKind kind() const override { return LossKind::kNegativeSampling; }
  [[nodiscard]] LossTables tables() const override {
    return {.neg = neg_, .negatives = table_.cells()};
  }

  float gradient(const SharedMatrix& output, const float* hidden, std::span<const int32_t> labels,
                 float lr, Rng& rng, OutputStep& step) const override {
    const int32_t target = pick(labels, rng);
    step.ids.assign(1, target);
    while (static_cast<int32_t>(step.ids.size()) <= neg_) step.ids.push_back(negative(target, rng));
    return logistic_units(output, hidden, lr, step, [](int64_t i) { return i == 0; });
  }

 private:
  // Redrawn while it is the target, as in fastText. The next row stands in after 64 draws, so that
  // a label that holds nearly all the weight cannot hang the run.
  int32_t negative(int32_t target, Rng& rng) const {
    for (int attempt = 0; attempt < 64; ++attempt) {
      const int32_t drawn = table_.draw(rng);
      if (drawn != target) return drawn;
    }
    return target == 0 ? 1 : target - 1;
  }

  int32_t neg_;
  AliasTable table_;
};

class HierarchicalSoftmax final : public Loss {
 public:
  explicit HierarchicalSoftmax(std::span<const int64_t> counts) : tree_(counts) {}

  [[nodiscard]] LossKind kind() const override { return LossKind::kHierarchicalSoftmax; }
  [[nodiscard]] LossTables tables() const override { return {.tree = &tree_}; }

  float gradient(const SharedMatrix& output, const float* hidden, std::span<const int32_t> labels,
                 float lr, Rng& rng, OutputStep& step) const override {
    const int32_t leaf = pick(labels, rng);
    step.ids.clear();
    for (int32_t i = leaf; i != tree_.root(); i = tree_.node(i).parent) {
      step.ids.push_back(tree_.node(i).parent - tree_.leaves());
    }
    int32_t at = leaf;
    return logistic_units(output, hidden, lr, step, [&](int64_t) {
      const bool is_right = tree_.node(at).is_right;
      at = tree_.node(at).parent;
      return is_right;
    });
  }

 private:
  HuffmanTree tree_;
};

}  // namespace

std::unique_ptr<Loss> make_loss(const ModelArgs& args, std::span<const int64_t> target_counts,
                                double negative_power) {
  switch (args.loss) {
    case LossKind::kSoftmax:
      return std::make_unique<Softmax>();
    case LossKind::kOneVsAll:
      return std::make_unique<OneVsAll>();
    case LossKind::kNegativeSampling:
      return std::make_unique<NegativeSampling>(args.neg, target_counts, negative_power);
    case LossKind::kHierarchicalSoftmax:
      return std::make_unique<HierarchicalSoftmax>(target_counts);
  }
  throw Error::internal("loss " + std::to_string(static_cast<int>(args.loss)) +
                        " is not one of 1 to 4");
}

}  // namespace wordfire
