#include "core/matrix.h"

namespace wordfire {
namespace {

float norm_of_row(const QuantizedMatrix& matrix, int64_t i) {
  if (!matrix.has_norms) return 1.0f;
  return *matrix.norm_quantizer.centroid(0, matrix.norm_codes[static_cast<size_t>(i)]);
}

// Calls visit(begin, values, n) for each part of row i: its values stand at [begin, begin + n) of
// the row, still without the norm.
template <typename Visit>
void for_each_part(const QuantizedMatrix& matrix, int64_t i, Visit visit) {
  const ProductQuantizer& quantizer = matrix.quantizer;
  const uint8_t* const codes = matrix.codes.data() + i * quantizer.nsubq;
  for (int32_t m = 0; m < quantizer.nsubq; ++m) {
    const int32_t n = m == quantizer.nsubq - 1 ? quantizer.lastdsub : quantizer.dsub;
    visit(int64_t{m} * quantizer.dsub, quantizer.centroid(m, codes[m]), n);
  }
}

}  // namespace

void QuantizedMatrix::add_row(int64_t i, float scale, float* out) const {
  const float alpha = scale * norm_of_row(*this, i);
  for_each_part(*this, i, [&](int64_t begin, const float* values, int32_t n) {
    for (int32_t j = 0; j < n; ++j) out[begin + j] += alpha * values[j];
  });
}

float QuantizedMatrix::dot(int64_t i, const float* x) const {
  float sum = 0;
  for_each_part(*this, i, [&](int64_t begin, const float* values, int32_t n) {
    for (int32_t j = 0; j < n; ++j) sum += x[begin + j] * values[j];
  });
  return sum * norm_of_row(*this, i);
}

}  // namespace wordfire
