// The orders of steps in bench/gpu/word_ladder.h, in doubles, a number at a time.
#pragma once

#include <algorithm>
#include <vector>

#include "tests/reference/word_vectors.h"

namespace wordfire::reference {

class WordLadder : public WordVectors {
 public:
  // Each pair moves both rows before the next one reads them.
  void pairs(const std::vector<int32_t>& words, double lr, Rng& rng) {
    for_each_window(words, rng, [&](int centre, int begin, int end, const auto& outputs) {
      for (int p = begin; p < end; ++p) {
        if (p == centre) continue;
        Vector& in = input[static_cast<size_t>(at(words, p))];
        for (size_t o = 0; o < outputs.size(); ++o) {
          Vector& out = output[static_cast<size_t>(outputs[o])];
          const Vector before = in;
          const double g = lr * ((o == 0 ? 1 : 0) - probability(in, out));
          add(in, g, out);
          add(out, g, before);
        }
      }
    });
  }

  // A window's outputs are read once and moved once; inputs move at once.
  void shared_outputs(const std::vector<int32_t>& words, double lr, Rng& rng) {
    for_each_window(words, rng, [&](int centre, int begin, int end, const auto& outputs) {
      const Rows seen = rows_of_output(outputs);
      Rows moves(outputs.size(), zero());
      for (int p = begin; p < end; ++p) {
        if (p != centre) step(input[static_cast<size_t>(at(words, p))], seen, moves, true, lr);
      }
      move(outputs, moves);
    });
  }

  // Negatives are shared by so many windows, and moved behind the last of them.
  void shared_negatives(const std::vector<int32_t>& words, double lr, Rng& rng, int centres) {
    begin_line(words, rng);
    for (int first = 0; first < size(words); first += centres) {
      const int end = std::min(size(words), first + centres);
      for (int c = first; c < end; ++c) avoid(at(words, c), rng);
      const std::vector<int32_t> shared = chosen_;
      const Rows seen = rows_of_output(shared);
      Rows moves(shared.size(), zero());
      for (int c = first; c < end; ++c) step_centre(words, c, seen, moves, lr, rng);
      move(shared, moves);
      draw(rng);
    }
    leave(size(words));
  }

 private:
  template <typename Use>
  void for_each_window(const std::vector<int32_t>& words, Rng& rng, Use use) {
    begin_line(words, rng);
    for (int centre = 0; centre < size(words); ++centre) {
      const auto [begin, end] = window(centre, words, rng);
      if (end - begin < 2) continue;
      std::vector<int32_t> outputs = {at(words, centre)};
      append(outputs, negatives_for({at(words, centre)}, rng));
      use(centre, begin, end, outputs);
    }
  }

  void step_centre(const std::vector<int32_t>& words, int centre, const Rows& seen, Rows& moves,
                   double lr, Rng& rng) {
    enter(std::min(size(words), centre + args.ws + 1));
    const auto [begin, end] = window(centre, words, rng);
    const std::vector<int32_t> target = {at(words, centre)};
    const Rows of_target = rows_of_output(target);
    Rows move_of_target(1, zero());
    for (int p = begin; p < end; ++p) {
      if (p == centre) continue;
      step(vector(p), of_target, move_of_target, true, lr);
      step(vector(p), seen, moves, false, lr);
    }
    move(target, move_of_target);
    leave(centre - args.ws);
  }

  // x against all outputs at once, as both are.
  static void step(Vector& x, const Rows& outputs, Rows& moves, bool has_target, double lr) {
    const Vector before = x;
    for (size_t o = 0; o < outputs.size(); ++o) {
      const double target = has_target && o == 0 ? 1 : 0;
      const double g = lr * (target - probability(before, outputs[o]));
      add(x, g, outputs[o]);
      add(moves[o], g, before);
    }
  }
  Rows rows_of_output(const std::vector<int32_t>& ids) const {
    Rows rows;
    for (const int32_t id : ids) rows.push_back(output[static_cast<size_t>(id)]);
    return rows;
  }
  void move(const std::vector<int32_t>& ids, const Rows& moves) {
    for (size_t i = 0; i < ids.size(); ++i) add(output[static_cast<size_t>(ids[i])], 1, moves[i]);
  }
  void avoid(int32_t target, Rng& rng) {
    for (int32_t& word : chosen_) {
      while (word == target) word = negatives.draw(rng);
    }
  }
};

}  // namespace wordfire::reference
