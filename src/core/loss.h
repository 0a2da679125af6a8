// The output layer: which rows an example moves, and how far. Losses: softmax (Joulin et al.,
// arXiv:1607.01759), negative sampling and hierarchical softmax (Mikolov et al. 2013,
// arXiv:1310.4546), one versus all (independent logistic units).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/alias_table.h"
#include "core/huffman_tree.h"
#include "core/options.h"
#include "core/rng.h"
#include "core/shared_matrix.h"

namespace wordfire {

// A sparse step of the output matrix: row_i += alpha_i * hidden, for the n = alpha.size() rows
// `rows()`.
struct OutputStep {
  std::vector<int32_t> ids;  // used unless `all`
  std::vector<float> alpha;
  bool all = false;  // the rows are 0, 1, 2, ...

  [[nodiscard]] const int32_t* rows() const { return all ? nullptr : ids.data(); }
};

// What a loss has prepared, for devices that compute it themselves; views into the loss.
struct LossTables {
  int32_t neg = 0;                            // negatives of an example
  std::span<const AliasCell> negatives = {};  // [labels], where there are any
  const HuffmanTree* tree = nullptr;          // of hierarchical softmax
};

class Loss {
 public:
  virtual ~Loss() = default;
  [[nodiscard]] virtual LossKind kind() const = 0;
  // Whether every example moves every row of the output matrix.
  [[nodiscard]] bool moves_all_rows() const {
    return kind() == LossKind::kSoftmax || kind() == LossKind::kOneVsAll;
  }

  [[nodiscard]] virtual LossTables tables() const { return {}; }

  // Fills `step` with the rows that the example moves and alpha = lr * (target - probability),
  // computed from `output` as it is, and returns the example's loss (natural logarithm). hidden:
  // buffer_width(dim) floats. labels: at least one; softmax, negative sampling and hierarchical
  // softmax take one of them at random. NaN means that training has diverged. Allocates nothing
  // after the first calls.
  virtual float gradient(const SharedMatrix& output, const float* hidden,
                         std::span<const int32_t> labels, float lr, Rng& rng,
                         OutputStep& step) const = 0;
};

// fastText draws negatives in proportion to frequency^0.5 (word2vec: 0.75); compatibility decides.
inline constexpr double kNegativePower = 0.5;

// target_counts: how often each output row's label was seen, falling. Negative sampling wants at
// least two.
[[nodiscard]] std::unique_ptr<Loss> make_loss(const ModelArgs& args,
                                              std::span<const int64_t> target_counts,
                                              double negative_power = kNegativePower);

}  // namespace wordfire
