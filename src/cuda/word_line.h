// What a warp does with a line of words: skipgram and CBOW with negative sampling (Mikolov et al.
// 2013, arXiv:1310.4546; with character n-grams Bojanowski et al., arXiv:1607.04606). The draws are
// those of core/line_trainer.cc, and so are the steps, but for this: a word's vector is written
// back when the window has passed it, with and without n-grams; and of more targets and negatives
// than word_outputs() the next ones see what those before them have moved.
#pragma once

#include <cstdint>

#include "core/context_window.h"
#include "cuda/crowd_share.h"
#include "cuda/word_draws.h"
#include "cuda/word_shape.h"
#include "cuda/word_step.h"
#include "cuda/word_text.h"
#include "cuda/word_window.h"

namespace wordfire {

// parts: of a row, see word_parts().
template <class Warp, int parts, bool cbow>
class WordLine {
 public:
  template <typename T>
  using Lanes = typename Warp::template Lanes<T>;
  using Window = WordWindow<Warp, parts, cbow>;
  using Access = RowAccess<Warp, parts>;
  using Row = typename Access::Row;
  using Tile = OutputTile<Warp, parts, word_outputs(parts)>;

  WORDFIRE_WARP WordLine(const WordVectorTables& tables, const WordScratch& scratch)
      : tables_(tables),
        scratch_(scratch),
        window_(tables_, scratch),
        negatives_(tables_, scratch.negatives) {}

  // Begins a line of n words of the vocabulary. All random numbers come from `draws`.
  // others: warps that train lines at the same time.
  WORDFIRE_WARP void begin(const int32_t* words, int64_t n, float lr, const Rng& draws,
                           float others = 0) {
    draws_ = draws;
    lr_ = lr;
    crowd_ = lr * others;
    centre_ = 0;
    size_ = keep_words<Warp>(tables_.kept_shares, words, n, draws_, scratch_.kept);
    window_.begin_line();
    negatives_.restart();
    negatives_.next(draws_);
  }

  // Makes the next word the centre. Returns false when there is none: the line is written back.
  WORDFIRE_WARP bool advance() {
    if (centre_ < size_) train_centre();
    const int32_t passed = centre_ > tables_.ws ? centre_ - tables_.ws : 0;
    window_.leave(centre_ < size_ ? passed : size_, crowd_);
    return centre_++ < size_;
  }

  WORDFIRE_WARP void train(const int32_t* words, int64_t n, float lr, const Rng& draws,
                           float others = 0) {
    begin(words, n, lr, draws, others);
    while (advance()) {
    }
  }

  // Of all lines so far.
  [[nodiscard]] WORDFIRE_WARP const WordLoss& loss() const { return loss_; }
  // The stream as the line has left it.
  [[nodiscard]] WORDFIRE_WARP const Rng& draws() const { return draws_; }

 private:
  WORDFIRE_WARP void train_centre() {
    const wordfire::Window reach = draw_window(centre_, size_, tables_.ws, draws_);
    const int32_t reached = centre_ + tables_.ws + 1;
    window_.enter(reached < size_ ? reached : size_);
    const auto begin = static_cast<int32_t>(reach.begin);
    const auto end = static_cast<int32_t>(reach.end);
    if (end - begin > 1) {
      if constexpr (cbow) {
        predict_centre(begin, end);
      } else {
        predict_from_each(begin, end);
      }
    }
  }

  // Skipgram: each word of the window is an input, the centre the target; at most batch_size words
  // share negatives.
  WORDFIRE_WARP void predict_from_each(int32_t begin, int32_t end) {
    const int32_t inputs = end - begin - 1;
    for (int32_t i = 0; i < inputs; i += tables_.batch_size) {
      const int32_t size = inputs - i < tables_.batch_size ? inputs - i : tables_.batch_size;
      step(size, [&](Tile& tile, bool with_loss, Lanes<float>& losses) {
        int32_t j = i;
        if constexpr (word_inputs(parts) == 2) {
          for (; j + 1 < i + size; j += 2) {
            const int32_t positions[2] = {input_at(begin, j), input_at(begin, j + 1)};
            step_inputs(tile, positions, with_loss, losses);
          }
        }
        for (; j < i + size; ++j) {
          const int32_t position[1] = {input_at(begin, j)};
          step_inputs(tile, position, with_loss, losses);
        }
      });
    }
  }
  // The position of a window's i-th word that is not the centre.
  [[nodiscard]] WORDFIRE_WARP int32_t input_at(int32_t begin, int32_t i) const {
    return begin + i < centre_ ? begin + i : begin + i + 1;
  }
  template <int n>
  WORDFIRE_WARP void step_inputs(Tile& tile, const int32_t (&positions)[n], bool with_loss,
                                 Lanes<float>& losses) {
    Row rows[n];
    WORDFIRE_UNROLL
    for (int i = 0; i < n; ++i) rows[i] = window_.load(positions[i]);
    tile.step(rows, lr_, with_loss, losses);
    WORDFIRE_UNROLL
    for (int i = 0; i < n; ++i) window_.store(positions[i], rows[i]);
  }

  // CBOW: the mean of all rows of the window's words predicts the centre. Each of these rows gets
  // the gradient of the mean whole, as in fastText.
  WORDFIRE_WARP void predict_centre(int32_t begin, int32_t end) {
    Row hidden[1] = {Access::zero()};
    int32_t rows = 0;
    for (int32_t position = begin; position < end; ++position) {
      if (position == centre_) continue;
      Access::add(hidden[0], 1, window_.load(position));
      rows += window_.rows(position);
    }
    Row moved = Access::zero();
    Access::add(moved, 1 / static_cast<float>(rows), hidden[0]);
    hidden[0] = moved;
    step(1, [&](Tile& tile, bool with_loss, Lanes<float>& losses) {
      tile.step(hidden, lr_, with_loss, losses);
    });
    Access::add(hidden[0], -1, moved);
    for (int32_t position = begin; position < end; ++position) {
      if (position == centre_) continue;
      Row vector = window_.load(position);
      Access::add(vector, static_cast<float>(window_.rows(position)), hidden[0]);
      window_.store(position, vector);
    }
  }

  // work(tile, with_loss, losses): the steps of `inputs` inputs with a tile of the outputs.
  template <typename Work>
  WORDFIRE_WARP void step(int32_t inputs, Work work) {
    const int32_t target = scratch_.kept[centre_];
    negatives_.avoid(target, draws_);
    const bool with_loss = steps_++ % kWordLossEvery == 0 && lr_ > 0;
    Lanes<float> losses = Warp::each([](int) { return 0.0f; });
    constexpr int32_t outputs = word_outputs(parts);
    const int32_t all = tables_.neg + 1;
    for (int32_t begin = 0; begin < all; begin += outputs) {
      const int32_t size = all - begin < outputs ? all - begin : outputs;
      Tile tile(window_.access(), tables_.output, size, begin == 0, [&](int o) {
        const int32_t output = begin + o;
        return output == 0 ? target : negatives_.get(output - 1);
      });
      work(tile, with_loss, losses);
      tile.write([&](int32_t id) { return crowd_share(crowd_ * tables_.output_crowds[id]); });
    }
    if (with_loss) add_loss(losses, inputs);
    negatives_.next(draws_);
  }
  WORDFIRE_WARP void add_loss(Lanes<float>& losses, int32_t inputs) {
    const float sum = Warp::broadcast(lane_sums<1, Warp>(Warp(), &losses), 0);
    loss_.sum += static_cast<double>(sum) / inputs;
    ++loss_.count;
  }

  const WordVectorTables& tables_;
  WordScratch scratch_;
  Window window_;
  StepNegatives<Warp> negatives_;
  Rng draws_{0};
  float lr_ = 0;
  float crowd_ = 0;
  int32_t size_ = 0;    // words that are left
  int32_t centre_ = 0;  // the next one
  uint32_t steps_ = 0;
  WordLoss loss_;
};

}  // namespace wordfire
