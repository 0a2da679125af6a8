// A step of negative sampling: one or two inputs against a tile of output rows, as a small matrix
// product in registers (Ji et al. 2016, arXiv:1604.04661, sections 2 and 3; the CPU's is
// core/window_kernel.h).
#pragma once

#include <cstdint>

#include "core/loss_formulas.h"
#include "cuda/row_lanes.h"

namespace wordfire {

// Output rows [0, size) of a tile and what they move, size <= outputs.
template <class Warp, int parts, int outputs>
class OutputTile {
 public:
  template <typename T>
  using Lanes = typename Warp::template Lanes<T>;
  using Access = RowAccess<Warp, parts>;
  using Row = typename Access::Row;

  // rows: of a matrix. id_of(i): the row of output i in [0, size). has_target: output 0 is the
  // target.
  template <typename IdOf>
  WORDFIRE_WARP OutputTile(const Access& access, float* rows, int32_t size, bool has_target,
                           IdOf id_of)
      : access_(access), rows_(rows), size_(size), has_target_(has_target) {
    WORDFIRE_UNROLL
    for (int o = 0; o < outputs; ++o) {
      ids_[o] = o < size ? id_of(o) : 0;
      values_[o] = o < size ? access_.load_shared(row(o)) : Access::zero();
      moves_[o] = Access::zero();
    }
  }

  // inputs[i] += sum over o of g[i][o] * outputs[o] for i in [0, n), and each output will move by g
  // times the input as it was, where g[i][o] = lr * ([o is the target] - 1 / (1 + exp(-inputs[i] .
  // outputs[o]))). losses: gets the inputs' losses, spread over the lanes, if with_loss.
  template <int n>
  WORDFIRE_WARP void step(Row (&inputs)[n], float lr, bool with_loss, Lanes<float>& losses) {
    const Lanes<float> scores = score(inputs);
    if (with_loss) add_losses<n>(scores, losses);
    const Lanes<float> alpha = Warp::each([&](int lane) {
      const int which = sum_in_lane<n * outputs>(lane);
      const int o = which % outputs;
      if (which < 0 || o >= size_) return 0.0f;
      return output_step(lr, is_target(o) ? 1.0f : 0.0f, sigmoid(Warp::at(scores, lane)));
    });
    WORDFIRE_UNROLL
    for (int i = 0; i < n; ++i) {
      const Row before = inputs[i];
      WORDFIRE_UNROLL
      for (int o = 0; o < outputs; ++o) {
        const float g = Warp::broadcast(alpha, lane_of_sum<n * outputs>(i * outputs + o));
        Access::add(inputs[i], g, values_[o]);
        Access::add(moves_[o], g, before);
      }
    }
  }

  // Once all inputs have made their step. share_of(id): how much of its move a row makes.
  template <typename ShareOf>
  WORDFIRE_WARP void write(ShareOf share_of) const {
    WORDFIRE_UNROLL
    for (int o = 0; o < outputs; ++o) {
      if (o < size_) access_.add_to_shared(row(o), Access::scaled(moves_[o], share_of(ids_[o])));
    }
  }

 private:
  template <int n>
  [[nodiscard]] WORDFIRE_WARP Lanes<float> score(const Row (&inputs)[n]) const {
    Lanes<float> products[n * outputs];
    WORDFIRE_UNROLL
    for (int i = 0; i < n; ++i) {
      WORDFIRE_UNROLL
      for (int o = 0; o < outputs; ++o) {
        products[i * outputs + o] = Access::products(inputs[i], values_[o]);
      }
    }
    return lane_sums<n * outputs, Warp>(Warp(), products);
  }
  template <int n>
  WORDFIRE_WARP void add_losses(const Lanes<float>& scores, Lanes<float>& losses) const {
    losses = Warp::each([&](int lane) {
      const int which = sum_in_lane<n * outputs>(lane);
      const int o = which % outputs;
      const float before = Warp::at(losses, lane);
      if (which < 0 || o >= size_ || lane_of_sum<n * outputs>(which) != lane) return before;
      const float p = sigmoid(Warp::at(scores, lane));
      return before + log_loss(is_target(o) ? p : 1 - p);
    });
  }
  [[nodiscard]] WORDFIRE_WARP float* row(int o) const { return access_.row(rows_, ids_[o]); }
  [[nodiscard]] WORDFIRE_WARP bool is_target(int o) const { return has_target_ && o == 0; }

  const Access& access_;
  float* rows_;
  int32_t size_;
  bool has_target_;
  int32_t ids_[outputs];
  Row values_[outputs];
  Row moves_[outputs];
};

}  // namespace wordfire
