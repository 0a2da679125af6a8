// Lines of a classifier, drawn: features by Zipf's law, labels alike; weights to train on them; and
// what the plain loops make of both.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/alias_table.h"
#include "core/options.h"
#include "core/rng.h"
#include "core/row_kernels.h"
#include "cuda/lanes.h"
#include "cuda/text_view.h"
#include "tests/reference/sgd.h"

namespace wordfire::ladder {

struct LineShape {
  int64_t lines;
  int32_t features;  // of a line
  int32_t rows;      // of the input matrix
  int32_t labels;
  int32_t dim;
};

class DrawnLines {
 public:
  static constexpr uint64_t kSeed = 3;

  explicit DrawnLines(const LineShape& shape) : shape_(shape) {
    std::vector<double> weights;
    for (int32_t i = 0; i < shape.rows; ++i) weights.push_back(1 / (i + 2.7));
    const AliasTable table(weights);
    Rng draws(kSeed);
    for (int64_t line = 0; line < shape.lines; ++line) {
      for (int32_t i = 0; i < shape.features; ++i) features_.push_back(table.draw(draws));
      labels_.push_back(static_cast<int32_t>(draws.below(static_cast<uint32_t>(shape.labels))));
      ends_.push_back(static_cast<int64_t>(features_.size()));
      label_ends_.push_back(static_cast<int64_t>(labels_.size()));
    }
    input_ = some_rows(shape.rows, 1);
    output_ = some_rows(shape.labels, 2);
  }

  [[nodiscard]] const LineShape& shape() const { return shape_; }
  [[nodiscard]] int32_t width() const { return padded_width(shape_.dim); }
  [[nodiscard]] const std::vector<int32_t>& features() const { return features_; }
  [[nodiscard]] const std::vector<int64_t>& ends() const { return ends_; }
  [[nodiscard]] const std::vector<int32_t>& labels() const { return labels_; }
  [[nodiscard]] const std::vector<int64_t>& label_ends() const { return label_ends_; }
  [[nodiscard]] const std::vector<float>& input() const { return input_; }
  [[nodiscard]] const std::vector<float>& output() const { return output_; }
  // A token is a feature.
  [[nodiscard]] TextView view() const {
    return {features_.data(), ends_.data(), labels_.data(), label_ends_.data(), ends_.data()};
  }
  // A rate that does not fall.
  [[nodiscard]] static LearningRate rate(double lr) { return {lr, 0, 1, int64_t{1} << 60, 0}; }

  // How far rows are from those that the plain loops make of the lines, one after the other, as a
  // share of the largest value.
  [[nodiscard]] double distance(double lr, const std::vector<float>& input,
                                const std::vector<float>& output) const {
    ModelArgs args;
    args.dim = shape_.dim;
    args.loss = LossKind::kSoftmax;
    reference::SgdTrainer plain(args, std::vector<int64_t>(static_cast<size_t>(shape_.labels), 1),
                                rows_of(input_), rows_of(output_));
    for (size_t line = 0; line < ends_.size(); ++line) {
      const int64_t begin = line == 0 ? 0 : ends_[line - 1];
      plain.step({{features_.begin() + begin, features_.begin() + ends_[line]}, {labels_[line]}},
                 static_cast<double>(static_cast<float>(lr)), Rng(kSeed, 0, line));
    }
    return std::max(distance(rows_of(input), plain.input()),
                    distance(rows_of(output), plain.output()));
  }

 private:
  // Padded with zeros.
  [[nodiscard]] std::vector<float> some_rows(int32_t rows, uint64_t seed) const {
    std::vector<float> values(static_cast<size_t>(rows) * static_cast<size_t>(width()));
    Rng draws(seed);
    for (size_t i = 0; i < values.size(); ++i) {
      const auto at = static_cast<int32_t>(i % static_cast<size_t>(width()));
      if (at < shape_.dim) values[i] = draws.uniform() - 0.5f;
    }
    return values;
  }
  [[nodiscard]] reference::Rows rows_of(const std::vector<float>& values) const {
    reference::Rows rows;
    for (auto at = values.begin(); at != values.end(); at += width()) {
      rows.emplace_back(at, at + shape_.dim);
    }
    return rows;
  }
  static double distance(const reference::Rows& fast, const reference::Rows& plain) {
    double most = 0;
    double largest = 0;
    for (size_t i = 0; i < plain.size(); ++i) {
      for (size_t j = 0; j < plain[i].size(); ++j) {
        const double apart = std::fabs(fast[i][j] - plain[i][j]);
        if (!(apart <= most)) most = apart;
        largest = std::max<double>(largest, std::fabs(plain[i][j]));
      }
    }
    return most / largest;
  }

  LineShape shape_;
  std::vector<int32_t> features_;
  std::vector<int64_t> ends_;
  std::vector<int32_t> labels_;
  std::vector<int64_t> label_ends_;
  std::vector<float> input_;
  std::vector<float> output_;
};

// Floats against doubles over some dozens of lines.
inline constexpr double kLineTolerance = 1e-5;

}  // namespace wordfire::ladder
