// Read-only views of matrices of floats: dense rows, at any byte address (in a mapped model file
// they begin anywhere), and rows compressed by a product quantiser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace wordfire {

// Bytes that must be readable behind the last row of a RowsView, so that kernels may load whole
// vectors.
inline constexpr size_t kRowSlack = 64;

// Dense rows: rows x dim floats, row i at data + i * stride. No alignment is assumed.
struct RowsView {
  const std::byte* data = nullptr;
  int64_t rows = 0;
  int32_t dim = 0;
  int64_t stride = 0;  // bytes from one row to the next

  [[nodiscard]] const std::byte* row(int64_t i) const { return data + i * stride; }
};

// Product quantiser (Jegou et al. 2011; fastText's layout): dim = sum of nsubq sub-vectors of dsub
// values, the last of lastdsub; 256 centroids each.
struct ProductQuantizer {
  int32_t dim = 0;
  int32_t nsubq = 0;
  int32_t dsub = 0;
  int32_t lastdsub = 0;
  std::vector<float> centroids;  // [dim * 256]

  // The values of centroid `code` of sub-quantiser m: dsub of them, lastdsub for the last m.
  [[nodiscard]] const float* centroid(int32_t m, uint8_t code) const {
    const int64_t base = int64_t{m} * 256 * dsub;
    return centroids.data() + base + int64_t{code} * (m == nsubq - 1 ? lastdsub : dsub);
  }
};

struct QuantizedMatrix {
  int64_t rows = 0;
  int32_t dim = 0;
  bool has_norms = false;
  std::vector<uint8_t> codes;  // [rows * nsubq]
  ProductQuantizer quantizer;
  std::vector<uint8_t> norm_codes;  // [rows] if has_norms
  ProductQuantizer norm_quantizer;

  // out[0, dim) += scale * row i.
  void add_row(int64_t i, float scale, float* out) const;
  // The dot product of row i with x[0, dim).
  [[nodiscard]] float dot(int64_t i, const float* x) const;
};

// One matrix of a model; exactly one of the two is set.
struct Matrix {
  RowsView dense;
  std::shared_ptr<const QuantizedMatrix> quantized;

  [[nodiscard]] int64_t rows() const { return quantized ? quantized->rows : dense.rows; }
  [[nodiscard]] int32_t dim() const { return quantized ? quantized->dim : dense.dim; }
};

// mean = the mean of the rows `ids`, of which there is at least one; resized to buffer_width(dim),
// zero behind dim.
void mean_of_rows(const Matrix& matrix, std::span<const int32_t> ids, std::vector<float>& mean);

}  // namespace wordfire
