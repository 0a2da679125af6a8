#include "core/window_kernel.h"

#include <algorithm>
#include <cmath>

#include "core/activations.h"
#include "core/loss_formulas.h"
#include "core/row_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/window_kernel.cc"
#include <hwy/foreach_target.h>
// After foreach_target:
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wordfire {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FullTag = hn::ScalableTag<float>;

// Inputs and outputs of a tile of the product: its sums, six outputs and one input stay in the
// registers that AVX-512 and SVE have; others spill a little.
constexpr int kInputs = 3;
constexpr int kOutputs = 6;

#if HWY_TARGET != HWY_SCALAR
// out[0, 4) = the sum of all blocks of four lanes of v.
template <class D>
HWY_INLINE void add_blocks(D d, hn::Vec<D> v, float* out) {
  const hn::CappedTag<float, 4> block;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  HWY_ALIGN float all[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(v, d, all);
  auto sum = hn::Load(block, all);
  for (int64_t i = 4; i < lanes; i += 4) sum = hn::Add(sum, hn::Load(block, all + i));
  hn::StoreU(sum, block, out);
}
#endif

// out[0, 4) = the sums over the lanes of four vectors, with a third of the instructions of four
// sums.
template <class D>
HWY_INLINE void sums_of_lanes(D d, const hn::Vec<D>* v, float* out) {
#if HWY_TARGET == HWY_SCALAR
  for (int i = 0; i < 4; ++i) out[i] = hn::GetLane(hn::SumOfLanes(d, v[i]));
#else
  const auto even = hn::Add(hn::InterleaveLower(d, v[0], v[2]), hn::InterleaveUpper(d, v[0], v[2]));
  const auto odd = hn::Add(hn::InterleaveLower(d, v[1], v[3]), hn::InterleaveUpper(d, v[1], v[3]));
  // Each block of four lanes holds four sums over the four lanes it had.
  const auto blocks = hn::Add(hn::InterleaveLower(d, even, odd), hn::InterleaveUpper(d, even, odd));
  add_blocks(d, blocks, out);
#endif
}

// scores[i * stride + o] = inputs[i] . outputs[o] for a tile.
template <class D, int I, int O>
HWY_INLINE void score_tile(D d, float* const* inputs, float* const* outputs, int64_t width,
                           float* scores, int64_t stride) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  constexpr int kSums = (I * O + 3) / 4 * 4;
  hn::Vec<D> sums[kSums];
  for (auto& sum : sums) sum = hn::Zero(d);
  for (int64_t k = 0; k < width; k += lanes) {
    hn::Vec<D> out[O];
    for (int o = 0; o < O; ++o) out[o] = hn::LoadU(d, outputs[o] + k);
    for (int i = 0; i < I; ++i) {
      const auto in = hn::LoadU(d, inputs[i] + k);
      for (int o = 0; o < O; ++o) sums[i * O + o] = hn::MulAdd(in, out[o], sums[i * O + o]);
    }
  }
  float tile[kSums];
  for (int i = 0; i < kSums; i += 4) sums_of_lanes(d, sums + i, tile + i);
  for (int i = 0; i < I; ++i) std::copy(tile + i * O, tile + (i + 1) * O, scores + i * stride);
}

template <class D, int O>
HWY_INLINE void score_outputs(D d, const WindowStep& step, int64_t first, float* scores) {
  int64_t i = 0;
  for (; i + kInputs <= step.m; i += kInputs) {
    score_tile<D, kInputs, O>(d, step.inputs + i, step.outputs + first, step.width,
                              scores + i * step.n + first, step.n);
  }
  for (; i < step.m; ++i) {
    score_tile<D, 1, O>(d, step.inputs + i, step.outputs + first, step.width,
                        scores + i * step.n + first, step.n);
  }
}

// K vectors, from column `at` on, of O outputs and all inputs: inputs[i] += sum over o of g[i][o] *
// outputs[o], and moves[o] = sum over i of g[i][o] * inputs[i] as it was; then outputs[o] +=
// moves[o]. copies: [m, width], the inputs as they were, needed when two are the same.
template <class D, int O, int K, bool kCopied>
HWY_INLINE void move_block(D d, const WindowStep& step, const float* alpha,
                           [[maybe_unused]] const float* copies, int64_t at) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  hn::Vec<D> out[O][K];
  hn::Vec<D> move[O][K];
  for (int o = 0; o < O; ++o) {
    for (int k = 0; k < K; ++k) {
      out[o][k] = hn::LoadU(d, step.outputs[o] + at + k * lanes);
      move[o][k] = hn::Zero(d);
    }
  }
  for (int64_t i = 0; i < step.m; ++i) {
    const float* const g = alpha + i * step.n;
    hn::Vec<D> before[K];
    hn::Vec<D> in[K];
    for (int k = 0; k < K; ++k) {
      in[k] = hn::LoadU(d, step.inputs[i] + at + k * lanes);
      before[k] = kCopied ? hn::LoadU(d, copies + i * step.width + at + k * lanes) : in[k];
    }
    for (int o = 0; o < O; ++o) {
      const auto factor = hn::Set(d, g[o]);
      for (int k = 0; k < K; ++k) {
        in[k] = hn::MulAdd(factor, out[o][k], in[k]);
        move[o][k] = hn::MulAdd(factor, before[k], move[o][k]);
      }
    }
    for (int k = 0; k < K; ++k) hn::StoreU(in[k], d, step.inputs[i] + at + k * lanes);
  }
  for (int o = 0; o < O; ++o) {
    for (int k = 0; k < K; ++k) {
      float* const row = step.outputs[o] + at + k * lanes;  // loaded again: it may stand here twice
      hn::StoreU(hn::Add(hn::LoadU(d, row), move[o][k]), d, row);
    }
  }
}

// All of the step behind the scores, for kOutputs outputs.
template <class D, bool kCopied>
HWY_INLINE void move_together(D d, const WindowStep& step, const float* alpha,
                              const float* copies) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t at = 0;
  for (; at + 2 * lanes <= step.width; at += 2 * lanes) {
    move_block<D, kOutputs, 2, kCopied>(d, step, alpha, copies, at);
  }
  for (; at < step.width; at += lanes) {
    move_block<D, kOutputs, 1, kCopied>(d, step, alpha, copies, at);
  }
}

// The inputs as they are, [m, width].
template <class D>
HWY_INLINE void copy_inputs(D d, const WindowStep& step, float* copies) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < step.m; ++i) {
    for (int64_t at = 0; at < step.width; at += lanes) {
      hn::StoreU(hn::LoadU(d, step.inputs[i] + at), d, copies + i * step.width + at);
    }
  }
}

// The same for any: the moves of the outputs first, into memory, while inputs are as they were;
// then the inputs, while outputs are; then the outputs.
template <class D>
HWY_INLINE void move_apart(D d, const WindowStep& step, const float* alpha, float* moves) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t at = 0; at < step.width; at += lanes) {
    for (int64_t o = 0; o < step.n; ++o) {
      auto move = hn::Zero(d);
      for (int64_t i = 0; i < step.m; ++i) {
        const auto factor = hn::Set(d, alpha[i * step.n + o]);
        move = hn::MulAdd(factor, hn::LoadU(d, step.inputs[i] + at), move);
      }
      hn::StoreU(move, d, moves + o * step.width + at);
    }
    for (int64_t i = 0; i < step.m; ++i) {
      auto in = hn::LoadU(d, step.inputs[i] + at);
      for (int64_t o = 0; o < step.n; ++o) {
        const auto factor = hn::Set(d, alpha[i * step.n + o]);
        in = hn::MulAdd(factor, hn::LoadU(d, step.outputs[o] + at), in);
      }
      hn::StoreU(in, d, step.inputs[i] + at);
    }
    for (int64_t o = 0; o < step.n; ++o) {
      float* const row = step.outputs[o] + at;
      hn::StoreU(hn::Add(hn::LoadU(d, row), hn::LoadU(d, moves + o * step.width + at)), d, row);
    }
  }
}

bool has_equal_inputs(const WindowStep& step) {
  for (int64_t i = 1; i < step.m; ++i) {
    for (int64_t j = 0; j < i; ++j) {
      if (step.inputs[i] == step.inputs[j]) return true;
    }
  }
  return false;
}

// Calls work.operator()<O>(first) for runs of outputs that cover all.
template <class Work>
HWY_INLINE void for_each_run(int64_t n, Work work) {
  int64_t first = 0;
  for (; first + kOutputs <= n; first += kOutputs) work.template operator()<kOutputs>(first);
  for (; first + 3 <= n; first += 3) work.template operator()<3>(first);
  for (; first < n; ++first) work.template operator()<1>(first);
}

// From scores to steps.
HWY_INLINE void steps_of_scores(const WindowStep& step, float lr, float* alpha) {
  kernels::sigmoid(alpha, step.m * step.n);
  kernels::scale(alpha, step.m * step.n, -lr);
  for (int64_t i = 0; i < step.m; ++i) {
    float* const row = alpha + i * step.n;
    const float target = row[step.targets[i]] + lr;
    for (int64_t o = 0; o < step.n_targets; ++o) row[o] = 0;
    row[step.targets[i]] = target;
  }
}

template <class D>
HWY_INLINE void step_with(D d, const WindowStep& step, float lr, WindowScratch& scratch) {
  float* const alpha = scratch.alpha.data();
  for_each_run(step.n, [&]<int O>(int64_t first) { score_outputs<D, O>(d, step, first, alpha); });
  steps_of_scores(step, lr, alpha);
  float* const rows = scratch.rows.data();
  if (step.n != kOutputs) return move_apart(d, step, alpha, rows);
  if (!has_equal_inputs(step)) return move_together<D, false>(d, step, alpha, nullptr);
  copy_inputs(d, step, rows);
  move_together<D, true>(d, step, alpha, rows);
}

void step(const WindowStep& step, float lr, WindowScratch& scratch) {
  const FullTag full;
  if (step.width % static_cast<int64_t>(hn::Lanes(full)) == 0) {
    return step_with(full, step, lr, scratch);
  }
  step_with(hn::CappedTag<float, 4>(), step, lr, scratch);
}

}  // namespace HWY_NAMESPACE
}  // namespace wordfire
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordfire {

HWY_EXPORT(step);

void window_step(const WindowStep& step, float lr, WindowScratch& scratch) {
  const auto rows = static_cast<size_t>(std::max(step.m, step.n) * step.width);
  const auto scores = static_cast<size_t>(step.m * step.n);
  if (scratch.rows.size() < rows) scratch.rows.resize(rows);
  if (scratch.alpha.size() < scores) scratch.alpha.resize(scores);
  HWY_DYNAMIC_DISPATCH(step)(step, lr, scratch);
}

double window_loss(const WindowStep& step, float lr, const WindowScratch& scratch) {
  double loss = 0;
  for (int64_t i = 0; i < step.m; ++i) {
    const float* const g = scratch.alpha.data() + i * step.n;
    loss += log_loss(1 - g[step.targets[i]] / lr);
    for (int64_t o = step.n_targets; o < step.n; ++o) loss += log_loss(1 + g[o] / lr);
  }
  return loss / static_cast<double>(step.m);
}

}  // namespace wordfire
#endif
