// The arithmetic of core/row_kernels.h as plain loops, in double, with the bound that rounding
// sets: a float sum of n terms lies within n * epsilon * sum of abs(term) of the true one.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "core/matrix.h"

namespace wordfire::reference {

inline constexpr double kEpsilon = std::numeric_limits<float>::epsilon();

// Adds terms up and knows how far a float sum of them may be off.
class BoundedSum {
 public:
  void add(double term) {
    value_ += term;
    magnitude_ += std::abs(term);
    ++terms_;
  }
  [[nodiscard]] double value() const { return value_; }
  [[nodiscard]] double bound() const { return (terms_ + 1) * kEpsilon * magnitude_; }

 private:
  double value_ = 0;
  double magnitude_ = 0;
  int terms_ = 0;
};

class RandomFloats {
 public:
  explicit RandomFloats(uint32_t seed) : generator_(seed) {}
  float next() { return uniform_(generator_); }
  // n values, then zeros up to `width`.
  std::vector<float> vector(int64_t n, int64_t width) {
    std::vector<float> values(static_cast<size_t>(width), 0.0f);
    for (int64_t i = 0; i < n; ++i) values[static_cast<size_t>(i)] = next();
    return values;
  }

 private:
  std::mt19937 generator_;
  std::uniform_real_distribution<float> uniform_{-1.0f, 1.0f};
};

// Random rows that begin at any byte; what lies between them and behind the last is NaN, so that a
// kernel that lets it into a result is seen.
class ByteRows {
 public:
  ByteRows(int64_t rows, int32_t dim, int64_t stride, size_t offset)
      : rows_(rows),
        dim_(dim),
        stride_(stride),
        offset_(offset),
        bytes_(offset + static_cast<size_t>(rows * stride) + kRowSlack, std::byte{0xff}) {
    RandomFloats random(static_cast<uint32_t>(dim) * 31 + static_cast<uint32_t>(offset));
    for (int64_t i = 0; i < rows; ++i) {
      for (int32_t j = 0; j < dim; ++j) {
        const float value = random.next();
        std::memcpy(bytes_.data() + place(i, j), &value, sizeof(value));
      }
    }
  }

  [[nodiscard]] RowsView view() const { return {bytes_.data() + offset_, rows_, dim_, stride_}; }
  [[nodiscard]] float at(int64_t i, int32_t j) const {
    float value;
    std::memcpy(&value, bytes_.data() + place(i, j), sizeof(value));
    return value;
  }

 private:
  [[nodiscard]] size_t place(int64_t i, int32_t j) const {
    return offset_ + static_cast<size_t>(i * stride_) + static_cast<size_t>(j) * sizeof(float);
  }

  int64_t rows_;
  int32_t dim_;
  int64_t stride_;
  size_t offset_;
  std::vector<std::byte> bytes_;
};

// softmax(x), in double.
inline std::vector<double> softmax(const std::vector<float>& x) {
  double largest = -std::numeric_limits<double>::infinity();
  for (const float value : x) largest = std::fmax(largest, value);
  std::vector<double> p;
  double sum = 0;
  for (const float value : x) sum += p.emplace_back(std::exp(value - largest));
  for (double& value : p) value /= sum;
  return p;
}

inline double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace wordfire::reference
