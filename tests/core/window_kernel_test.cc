#include "core/window_kernel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "core/row_kernels.h"
#include "tests/core/each_target.h"

namespace wordfire {
namespace {

using Rows = std::vector<std::vector<double>>;

class WindowKernel : public EachTarget {};
WORDFIRE_ON_EACH_TARGET(WindowKernel);

constexpr float kLr = 0.3f;

// Rows of floats, some of them chosen as inputs and outputs, and a plain copy of all.
struct Window {
  Window(int32_t dim, std::vector<int> input_rows, std::vector<int> output_rows, int64_t n_targets,
         std::vector<int32_t> targets)
      : dim(dim),
        width(padded_width(dim)),
        inputs(std::move(input_rows)),
        outputs(std::move(output_rows)),
        n_targets(n_targets),
        targets(std::move(targets)) {
    std::mt19937 random(7);
    for (int row = 0; row < 12; ++row) {
      plain.emplace_back(static_cast<size_t>(dim));
      for (double& x : plain.back()) x = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
      fast.insert(fast.end(), plain.back().begin(), plain.back().end());
      fast.resize(static_cast<size_t>((row + 1) * width));
    }
  }

  void run_fast() {
    std::vector<float*> in;
    std::vector<float*> out;
    for (const int row : inputs) in.push_back(fast.data() + row * width);
    for (const int row : outputs) out.push_back(fast.data() + row * width);
    const WindowStep step{in.data(),
                          out.data(),
                          targets.data(),
                          static_cast<int64_t>(in.size()),
                          static_cast<int64_t>(out.size()),
                          n_targets,
                          width};
    window_step(step, kLr, scratch);
    fast_loss = window_loss(step, kLr, scratch);
  }

  // The formulas, one number at a time.
  void run_plain() {
    const Rows before = plain;
    for (size_t i = 0; i < inputs.size(); ++i) {
      for (size_t o = 0; o < outputs.size(); ++o) {
        const bool is_target = static_cast<int32_t>(o) == targets[i];
        if (!is_target && static_cast<int64_t>(o) < n_targets) continue;
        const auto& in = before[static_cast<size_t>(inputs[i])];
        const auto& out = before[static_cast<size_t>(outputs[o])];
        double s = 0;
        for (size_t j = 0; j < in.size(); ++j) s += in[j] * out[j];
        const double p = 1 / (1 + std::exp(-s));
        plain_loss -= std::log(is_target ? p : 1 - p) / static_cast<double>(inputs.size());
        const double g = kLr * ((is_target ? 1 : 0) - p);
        for (size_t j = 0; j < in.size(); ++j) {
          plain[static_cast<size_t>(inputs[i])][j] += g * out[j];
          plain[static_cast<size_t>(outputs[o])][j] += g * in[j];
        }
      }
    }
  }

  void check() {
    run_fast();
    run_plain();
    for (size_t row = 0; row < plain.size(); ++row) {
      for (int64_t j = 0; j < width; ++j) {
        const double wanted = j < dim ? plain[row][static_cast<size_t>(j)] : 0;
        ASSERT_NEAR(fast[row * static_cast<size_t>(width) + static_cast<size_t>(j)], wanted, 2e-5)
            << dim << " row " << row << " " << j;
      }
    }
    ASSERT_NEAR(fast_loss, plain_loss, 1e-3 * (1 + plain_loss));
  }

  int32_t dim;
  int64_t width;
  std::vector<int> inputs;
  std::vector<int> outputs;
  int64_t n_targets;
  std::vector<int32_t> targets;
  Rows plain;
  std::vector<float> fast;
  WindowScratch scratch;
  double fast_loss = 0;
  double plain_loss = 0;
};

TEST_P(WindowKernel, OneTargetAndAnyNumberOfNegatives) {
  for (const int32_t dim : {1, 3, 4, 5, 8, 10, 16, 17, 100}) {
    for (int inputs = 1; inputs <= 5; ++inputs) {
      for (int outputs = 1; outputs <= 7; ++outputs) {
        std::vector<int> in;
        std::vector<int> out;
        for (int i = 0; i < inputs; ++i) in.push_back(i);
        for (int o = 0; o < outputs; ++o) out.push_back(5 + o);
        Window(dim, in, out, 1, std::vector<int32_t>(in.size(), 0)).check();
      }
    }
  }
}

TEST_P(WindowKernel, SeveralTargets) {
  Window(20, {0, 1, 2, 3, 4}, {6, 7, 8, 9, 10}, 2, {0, 0, 0, 1, 1}).check();
  Window(100, {0, 1, 2, 3}, {6, 7, 8, 9, 10, 11}, 3, {0, 1, 2, 0}).check();
}

TEST_P(WindowKernel, RowsThatStandTwice) {
  Window(33, {0, 1, 0, 0}, {6, 7, 7, 8, 6, 7}, 1, {0, 0, 0, 0}).check();
  Window(33, {0, 1, 0}, {6, 7, 7, 8, 8, 8, 8}, 1, {0, 0, 0}).check();
}

TEST_P(WindowKernel, NanIsNotHidden) {
  Window window(10, {0, 1}, {5, 6}, 1, {0, 0});
  window.fast[0] = std::nanf("");
  window.run_fast();
  EXPECT_TRUE(std::isnan(window.fast_loss));
}

}  // namespace
}  // namespace wordfire
