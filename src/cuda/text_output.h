// The output layer of a line: which output rows it moves, how far, and what the hidden vector is to
// be moved by. As core/loss.cc, by a team of lanes. The rows are read once the hidden vector is
// known and moved at once: other lines that are under way should miss as little as possible.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/alias_table.h"
#include "core/host_device.h"
#include "core/loss_formulas.h"
#include "core/rng.h"
#include "cuda/lanes.h"
#include "cuda/text_layout.h"
#include "cuda/text_team.h"
#include "cuda/text_view.h"

namespace wordfire {

// The items (row, chunk) of n rows that a team reads at a time: calls body(item, row, chunk), row
// in [0, rows_at_once).
template <class Team, typename Body>
WORDFIRE_WARP void for_each_item(Team& team, const TextLayout& layout, int64_t n, Body body) {
  const int64_t rows = n < layout.rows_at_once ? n : layout.rows_at_once;
  team.each(rows * layout.chunks, [&](int64_t i) {
    const auto item = static_cast<int32_t>(i);
    const int32_t row = layout.row_of(item);
    body(item, row, item - row * layout.chunks);
  });
}

// sum = share * the sum of what the items of n rows have left in `partial`.
template <class Team>
WORDFIRE_WARP void add_up_partial(Team& team, const TextLayout& layout, const TeamScratch& scratch,
                                  int64_t n, float share, Float4* sum) {
  const int64_t rows = n < layout.rows_at_once ? n : layout.rows_at_once;
  team.each(layout.chunks, [&](int64_t chunk) {
    Float4 all;
    for (int64_t row = 0; row < rows; ++row) {
      all = add_scaled(all, share, scratch.partial[row * layout.chunks + chunk]);
    }
    sum[chunk] = all;
  });
}

// A negative that is the target is drawn again, so often; then the next row stands in.
inline constexpr int32_t kNegativeAttempts = 64;

template <class Team>
class OutputLayer {
 public:
  WORDFIRE_WARP OutputLayer(Team& team, const TextTask& task, const TextLayout& layout,
                            const TeamScratch& scratch)
      : team_(team), task_(task), layout_(layout), scratch_(scratch) {}

  // From scratch.hidden; returns the loss, to every lane, and leaves share * its gradient in
  // scratch.gradient.
  WORDFIRE_WARP float train(const TextLine& line, float lr, Rng rng, float share) {
    const LossKind kind = task_.loss.kind;
    moves_all_ = kind == LossKind::kSoftmax || kind == LossKind::kOneVsAll;
    const int32_t target = kind == LossKind::kOneVsAll ? -1 : pick(line, rng);
    const int64_t n = moves_all_ ? task_.weights.labels : list_units(target, rng);
    score(n);
    const float loss = step_sizes(line, target, n, lr);
    move_rows(n, share);
    return loss;
  }

 private:
  [[nodiscard]] WORDFIRE_WARP static int32_t pick(const TextLine& line, Rng& rng) {
    if (line.n_labels == 1) return line.labels[0];
    return line.labels[rng.below(static_cast<uint32_t>(line.n_labels))];
  }

  // Makes steps of scores, both in alpha[0, n). Returns the loss.
  WORDFIRE_WARP float step_sizes(const TextLine& line, int32_t target, int64_t n, float lr) {
    if (!moves_all_) return logistic_units(n, lr);
    return target < 0 ? one_versus_all(line, n, lr) : softmax(target, n, lr);
  }

  WORDFIRE_WARP float logistic_units(int64_t n, float lr) {
    return sum_of(team_, scratch_.sums, n, [&](int64_t i) {
      const float p = sigmoid(scratch_.alpha[i]);
      const bool positive = is_positive(scratch_.units[i]);
      scratch_.alpha[i] = output_step(lr, positive ? 1.0f : 0.0f, p);
      return log_loss(positive ? p : 1 - p);
    });
  }

  WORDFIRE_WARP float softmax(int32_t target, int64_t n, float lr) {
    float* const alpha = scratch_.alpha;
    const float largest = max_of(team_, scratch_.sums, n, [&](int64_t i) { return alpha[i]; });
    const float sum = sum_of(team_, scratch_.sums, n,
                             [&](int64_t i) { return alpha[i] = std::exp(alpha[i] - largest); });
    const float p = alpha[target] / sum;
    team_.sync();  // before the step takes its place
    team_.each(n, [&](int64_t i) {
      alpha[i] = output_step(lr, i == target ? 1.0f : 0.0f, alpha[i] / sum);
    });
    return log_loss(p);
  }

  WORDFIRE_WARP float one_versus_all(const TextLine& line, int64_t n, float lr) {
    float* const alpha = scratch_.alpha;
    const float all_negative = sum_of(team_, scratch_.sums, n, [&](int64_t i) {
      return negative_loss(alpha[i] = sigmoid(alpha[i]));
    });
    const float difference = make_positive(line);
    team_.each(n, [&](int64_t i) { alpha[i] *= -lr; });
    return all_negative + difference;
  }

  // Sets alpha, which has been p, to p - 1 for the line's labels. Returns what that adds to the
  // loss. A label that stands twice on the line counts once.
  WORDFIRE_WARP float make_positive(const TextLine& line) {
    return sum_of(team_, scratch_.sums, line.n_labels, [&](int64_t i) {
      const int32_t label = line.labels[i];
      for (int64_t before = 0; before < i; ++before) {
        if (line.labels[before] == label) return 0.0f;
      }
      const float p = scratch_.alpha[label];
      scratch_.alpha[label] = p - 1;
      return log_loss(p) - negative_loss(p);
    });
  }

  // -log(1 - p), also of a p so small that 1 - p is 1.
  [[nodiscard]] WORDFIRE_WARP static float negative_loss(float p) {
    return p >= 1 ? log_loss(0) : -std::log1p(-p);
  }

  // Fills scratch.units for losses that move a few rows, and returns how many.
  WORDFIRE_WARP int64_t list_units(int32_t target, const Rng& rng) {
    if (task_.loss.kind == LossKind::kHierarchicalSoftmax) return list_path(target);
    draw_negatives(target, rng);
    return 1 + int64_t{task_.loss.neg};
  }

  // The target, then the negatives, in the order of the CPU's draws: candidates are drawn at once,
  // then those that are the target are left out.
  WORDFIRE_WARP void draw_negatives(int32_t target, const Rng& rng) {
    const int32_t neg = task_.loss.neg;
    int32_t* const drawn = scratch_.units + 1;
    team_.each(neg, [&](int64_t i) { drawn[i] = draw(rng, i); });
    team_.each(1, [&](int64_t) {
      int64_t draws = 0;
      for (int32_t i = 0; i < neg; ++i) drawn[i] = make_unit(negative(target, rng, draws), false);
      scratch_.units[0] = make_unit(target, true);
    });
  }

  [[nodiscard]] WORDFIRE_WARP int32_t draw(Rng rng, int64_t number) const {
    rng.skip(static_cast<uint64_t>(number));
    return draw_alias(task_.loss.cells, static_cast<uint64_t>(task_.weights.labels), rng.next());
  }

  // The next negative; `draws` have been taken before. Candidate i stands where negative i will,
  // which never overtakes it.
  [[nodiscard]] WORDFIRE_WARP int32_t negative(int32_t target, const Rng& rng,
                                               int64_t& draws) const {
    for (int32_t attempt = 0; attempt < kNegativeAttempts; ++attempt) {
      const int64_t number = draws++;
      const int32_t drawn =
          number < task_.loss.neg ? scratch_.units[1 + number] : draw(rng, number);
      if (drawn != target) return drawn;
    }
    return target == 0 ? 1 : target - 1;
  }

  WORDFIRE_WARP int64_t list_path(int32_t label) {
    const int64_t begin = label == 0 ? 0 : task_.loss.path_end[label - 1];
    const int64_t n = task_.loss.path_end[label] - begin;
    team_.each(n, [&](int64_t i) { scratch_.units[i] = task_.loss.path[begin + i]; });
    return n;
  }

  // Four values of output row i of those that the line moves.
  [[nodiscard]] WORDFIRE_WARP float* at(int64_t i, int64_t chunk) const {
    const int64_t row = moves_all_ ? i : row_of_unit(scratch_.units[i]);
    return task_.weights.output + row * task_.weights.width + kChunk * chunk;
  }
  [[nodiscard]] WORDFIRE_WARP bool keeps(int64_t n) const {
    return n * layout_.chunks <= layout_.kept;
  }

  // Lanes that share an output row, as a power of two: enough that none is idle, and two at least,
  // which read the 32 bytes that memory gives at a time.
  [[nodiscard]] WORDFIRE_WARP int32_t shift_for(int64_t n) const {
    int32_t shift = layout_.chunks > 1 ? 1 : 0;
    while ((2 << shift) <= layout_.chunks && (n << (shift + 1)) <= team_.size()) ++shift;
    return shift;
  }

  // alpha[i] = output row i . hidden.
  WORDFIRE_WARP void score(int64_t n) {
    const int32_t shift = shift_for(n);
    const int64_t at_once = layout_.dots >> shift;
    for (int64_t first = 0; first < n; first += at_once) {
      const int64_t rows = n - first < at_once ? n - first : at_once;
      score_parts(first, rows, shift, keeps(n));
      team_.each(rows, [&](int64_t i) {
        float sum = 0;
        for (int32_t part = 0; part < 1 << shift; ++part) {
          sum += scratch_.dots[(i << shift) + part];
        }
        scratch_.alpha[first + i] = sum;
      });
    }
  }

  WORDFIRE_WARP void score_parts(int64_t first, int64_t rows, int32_t shift, bool keep) {
    team_.each(rows << shift, [&](int64_t item) {
      const int64_t i = first + (item >> shift);
      const int64_t lanes = int64_t{1} << shift;
      float sum = 0;
      read_ahead<kAhead>(
          item & (lanes - 1), layout_.chunks, lanes,
          [&](int64_t chunk) { return team_.load(at(i, chunk)); },
          [&](int64_t chunk, const Float4& values) {
            if (keep) scratch_.kept[i * layout_.chunks + chunk] = values;
            sum += dot(values, scratch_.hidden[chunk]);
          });
      scratch_.dots[item] = sum;
    });
  }

  // gradient = share * sum of alpha[i] * row i; row i += alpha[i] * hidden.
  WORDFIRE_WARP void move_rows(int64_t n, float share) {
    const bool kept = keeps(n);
    for_each_item(team_, layout_, n, [&](int32_t item, int32_t first, int32_t chunk) {
      const Float4 hidden = scratch_.hidden[chunk];
      Float4 sum;
      read_ahead<kAhead>(
          first, n, layout_.rows_at_once,
          [&](int64_t i) {
            return kept ? scratch_.kept[i * layout_.chunks + chunk] : team_.load(at(i, chunk));
          },
          [&](int64_t i, const Float4& before) {
            sum = add_scaled(sum, scratch_.alpha[i], before);
            team_.add(at(i, chunk), add_scaled({}, scratch_.alpha[i], hidden));
          });
      scratch_.partial[item] = sum;
    });
    add_up_partial(team_, layout_, scratch_, n, share, scratch_.gradient);
  }

  static constexpr int kAhead = 4;

  Team& team_;
  const TextTask& task_;
  const TextLayout& layout_;
  const TeamScratch& scratch_;
  bool moves_all_ = false;
};

}  // namespace wordfire
