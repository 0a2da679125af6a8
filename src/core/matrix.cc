#include "core/matrix.h"

#include "core/row_kernels.h"

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

void mean_of_rows(const Matrix& matrix, std::span<const int32_t> ids, std::vector<float>& mean) {
  mean.assign(static_cast<size_t>(buffer_width(matrix.dim())), 0.0f);
  const float scale = 1.0f / static_cast<float>(ids.size());
  if (!matrix.quantized) {
    kernels::sum_rows(matrix.dense, ids.data(), static_cast<int64_t>(ids.size()), 0, scale,
                      mean.data());
    return;
  }
  for (const int32_t id : ids) matrix.quantized->add_row(id, 1.0f, mean.data());
  kernels::scale(mean.data(), matrix.dim(), scale);
}

}  // namespace wordfire
