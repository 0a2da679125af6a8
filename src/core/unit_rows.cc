#include "core/unit_rows.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"

namespace wordfire {
namespace {

constexpr int64_t kRowsAtOnce = 256;

}  // namespace

void make_unit(std::span<float> vector) {
  double sum = 0;
  for (const float x : vector) sum += double{x} * double{x};
  if (sum == 0) return;
  const double scale = 1 / std::sqrt(sum);
  for (float& x : vector) x = static_cast<float>(x * scale);
}

UnitRows unit_rows(const WordLookup& words, int64_t rows, int threads) {
  UnitRows unit{std::min<int64_t>(rows, words.size()), words.dim(), {}};
  unit.values.resize(static_cast<size_t>(unit.rows * unit.dim));
  parallel_for(unit.rows, kRowsAtOnce, threads, [&](int64_t begin, int64_t end) {
    words.copy_rows(begin, end - begin, unit.values.data() + begin * unit.dim);
    for (int64_t i = begin; i < end; ++i) {
      make_unit({unit.values.data() + i * unit.dim, static_cast<size_t>(unit.dim)});
    }
  });
  return unit;
}

}  // namespace wordfire
