#include "core/matrix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace wordfire {
namespace {

class Random {
 public:
  float value() { return uniform_(generator_); }
  uint8_t code() { return static_cast<uint8_t>(generator_()); }

 private:
  std::mt19937 generator_{17};
  std::uniform_real_distribution<float> uniform_{-1.0f, 1.0f};
};

ProductQuantizer make_quantizer(int32_t dim, int32_t dsub, Random& random) {
  ProductQuantizer quantizer;
  quantizer.dim = dim;
  quantizer.dsub = dsub;
  quantizer.nsubq = (dim + dsub - 1) / dsub;
  quantizer.lastdsub = dim - (quantizer.nsubq - 1) * dsub;
  for (int32_t i = 0; i < dim * 256; ++i) quantizer.centroids.push_back(random.value());
  return quantizer;
}

QuantizedMatrix make_matrix(int64_t rows, int32_t dim, int32_t dsub, bool norms) {
  Random random;
  QuantizedMatrix matrix{rows, dim, norms, {}, make_quantizer(dim, dsub, random), {}, {}};
  for (int64_t i = 0; i < rows * matrix.quantizer.nsubq; ++i) matrix.codes.push_back(random.code());
  if (!norms) return matrix;
  for (int64_t i = 0; i < rows; ++i) matrix.norm_codes.push_back(random.code());
  matrix.norm_quantizer = make_quantizer(1, 1, random);
  return matrix;
}

// Value j of row i, found on its own: its part, the part's table of 256 centroids, the code.
float value_at(const QuantizedMatrix& matrix, int64_t i, int32_t j) {
  const int32_t dsub = matrix.quantizer.dsub;
  const int32_t part = j / dsub;
  const int32_t begin = part * dsub;
  const int32_t width = std::min(dsub, matrix.dim - begin);
  const uint8_t code = matrix.codes[static_cast<size_t>(i * matrix.quantizer.nsubq + part)];
  const float value =
      matrix.quantizer.centroids[static_cast<size_t>(begin * 256 + code * width + j - begin)];
  if (!matrix.has_norms) return value;
  return value * matrix.norm_quantizer.centroids[matrix.norm_codes[static_cast<size_t>(i)]];
}

void compare_with_single_values(const QuantizedMatrix& matrix) {
  const auto dim = static_cast<size_t>(matrix.dim);
  for (int64_t i = 0; i < matrix.rows; ++i) {
    std::vector<float> sum(dim, 1.0f);
    std::vector<float> x(dim);
    double dot = 0;
    double magnitude = 0;
    for (size_t j = 0; j < dim; ++j) {
      x[j] = 1.0f / static_cast<float>(j + 1);
      const double product = double{x[j]} * value_at(matrix, i, static_cast<int32_t>(j));
      dot += product;
      magnitude += std::abs(product);
    }
    matrix.add_row(i, 0.5f, sum.data());
    for (size_t j = 0; j < dim; ++j) {
      EXPECT_NEAR(sum[j], 1.0f + 0.5f * value_at(matrix, i, static_cast<int32_t>(j)), 1e-6);
    }
    EXPECT_NEAR(matrix.dot(i, x.data()), dot, 1e-6 * static_cast<double>(dim) * magnitude + 1e-12);
  }
}

TEST(QuantizedMatrix, RowsAreThoseOfTheirCentroids) {
  for (const int32_t dim : {1, 2, 3, 10, 33}) {
    for (const int32_t dsub : {1, 2, 3, 40}) {
      compare_with_single_values(make_matrix(5, dim, dsub, false));
    }
  }
}

TEST(QuantizedMatrix, NormsScaleRows) {
  for (const int32_t dsub : {1, 2, 7}) compare_with_single_values(make_matrix(5, 10, dsub, true));
}

}  // namespace
}  // namespace wordfire
