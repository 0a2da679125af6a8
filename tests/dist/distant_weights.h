// Weights that a device keeps to itself, as a GPU does; the host's are no numbers while they are
// not given, so that whoever looks without asking is found.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "core/backend.h"

namespace wordfire {

class DistantWeights {
 public:
  explicit DistantWeights(Weights& host) : host_(host), own_(copy_of(host)) {}

  // The device's own.
  [[nodiscard]] Weights& own() { return own_; }

  void take() {
    if (are_here_) return;
    own_.input.copy_from(host_.input, 1);
    own_.output.copy_from(host_.output, 1);
    spoil({false, 0, host_.input.rows()});
    spoil({true, 0, host_.output.rows()});
    are_here_ = true;
    ++all_taken;
  }
  void give() {
    if (!are_here_) return;
    host_.input.copy_from(own_.input, 1);
    host_.output.copy_from(own_.output, 1);
    are_here_ = false;
    ++all_given;
  }
  void give_rows(std::span<const WeightRows> runs) {
    if (!are_here_) return;
    for (const WeightRows& run : runs) copy(run, own_, host_);
  }
  void take_rows(std::span<const WeightRows> runs) {
    if (!are_here_) return;
    for (const WeightRows& run : runs) copy(run, host_, own_);
  }
  // The rows of the host's that were given and not taken back.
  void forget() {
    if (!are_here_) return;
    spoil({false, 0, host_.input.rows()});
    spoil({true, 0, host_.output.rows()});
  }

  int all_taken = 0;
  int all_given = 0;
  int64_t rows_moved = 0;

 private:
  static Weights copy_of(const Weights& from) {
    Weights copy{SharedMatrix(from.input.rows(), from.input.dim()),
                 SharedMatrix(from.output.rows(), from.output.dim())};
    copy.input.copy_from(from.input, 1);
    copy.output.copy_from(from.output, 1);
    return copy;
  }
  static SharedMatrix& matrix_of(Weights& weights, const WeightRows& run) {
    return run.output ? weights.output : weights.input;
  }
  void copy(const WeightRows& run, Weights& from, Weights& to) {
    SharedMatrix& source = matrix_of(from, run);
    SharedMatrix& target = matrix_of(to, run);
    for (int64_t row = run.begin; row < run.end; ++row) {
      std::copy_n(source.row(row), source.dim(), target.row(row));
      ++rows_moved;
    }
  }
  void spoil(const WeightRows& run) {
    SharedMatrix& matrix = matrix_of(host_, run);
    for (int64_t row = run.begin; row < run.end; ++row) {
      std::fill_n(matrix.row(row), matrix.dim(), std::numeric_limits<float>::quiet_NaN());
    }
  }

  Weights& host_;
  Weights own_;
  bool are_here_ = false;
};

}  // namespace wordfire
