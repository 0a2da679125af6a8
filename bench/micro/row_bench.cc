// The kernels of training on a matrix larger than the caches: gather the rows of a line, update
// them, one output layer. Each first compares its answer with a plain loop.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "core/activations.h"
#include "core/rng.h"
#include "core/row_kernels.h"
#include "core/shared_matrix.h"

namespace wordfire {
namespace {

constexpr int64_t kLine = 96;  // rows of a line: 48 words and as many bigrams

struct Problem {
  explicit Problem(int32_t dim) : matrix(int64_t{1} << 20, dim), hidden(buffer_width(dim)) {
    Rng rng(1);
    for (int64_t row = 0; row < matrix.rows(); ++row) first_row(1, row, dim, matrix.row(row));
    // Zipf-like: half of the accesses fall on the first thousandth of the rows.
    for (int i = 0; i < 1 << 20; ++i) {
      const uint32_t range = (i % 2 == 0) ? 1024 : 1 << 20;
      ids.push_back(static_cast<int32_t>(rng.below(range)));
    }
  }
  SharedMatrix matrix;
  std::vector<float> hidden;
  std::vector<int32_t> ids;
};

bool mean_is_right(const Problem& problem) {
  std::vector<float> hidden(problem.hidden.size());
  problem.matrix.mean_of_rows(std::span(problem.ids).first(kLine), 0, hidden.data());
  for (int32_t d = 0; d < problem.matrix.dim(); ++d) {
    double sum = 0;
    for (int64_t i = 0; i < kLine; ++i) sum += problem.matrix.row(problem.ids[i])[d];
    if (std::abs(sum / kLine - hidden[d]) > 1e-6) return false;
  }
  return true;
}

void mean_of_rows(benchmark::State& state) {
  Problem problem(static_cast<int32_t>(state.range(0)));
  if (!mean_is_right(problem)) return state.SkipWithError("differs from the plain loop");
  size_t at = 0;
  for (auto _ : state) {
    const auto rest = static_cast<int64_t>(problem.ids.size() - at) - kLine;
    problem.matrix.mean_of_rows(std::span(problem.ids).subspan(at, kLine), rest,
                                problem.hidden.data());
    benchmark::DoNotOptimize(problem.hidden.data());
    at = rest < 2 * kLine ? 0 : at + kLine;
  }
  state.SetItemsProcessed(state.iterations() * kLine);
  state.SetLabel(kernels::target_name());
}
BENCHMARK(mean_of_rows)->Arg(10)->Arg(100)->Arg(300);

void add_to_rows(benchmark::State& state) {
  Problem problem(static_cast<int32_t>(state.range(0)));
  size_t at = 0;
  for (auto _ : state) {
    problem.matrix.add_to_rows(std::span(problem.ids).subspan(at, kLine), problem.hidden.data());
    at = at + 2 * kLine > problem.ids.size() ? 0 : at + kLine;
  }
  state.SetItemsProcessed(state.iterations() * kLine);
}
BENCHMARK(add_to_rows)->Arg(10)->Arg(100)->Arg(300);

// Scores, softmax and update of 14 output rows: what a line costs besides its words.
void output_layer(benchmark::State& state) {
  const auto dim = static_cast<int32_t>(state.range(0));
  SharedMatrix output(14, dim);
  std::vector<float> hidden(buffer_width(dim), 0.1f);
  std::vector<float> gradient(hidden.size());
  std::vector<float> alpha(14);
  for (auto _ : state) {
    output.dot_rows(nullptr, 14, hidden.data(), alpha.data());
    kernels::softmax(alpha.data(), 14);
    kernels::scale(alpha.data(), 14, -1e-6f);
    output.outer_update(nullptr, alpha, hidden.data(), gradient.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(output_layer)->Arg(10)->Arg(100);

}  // namespace
}  // namespace wordfire
