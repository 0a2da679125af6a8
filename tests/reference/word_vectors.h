// Skipgram and CBOW with negative sampling in doubles, a number at a time, with the random draws of
// core/line_trainer.cc in the same order.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "core/alias_table.h"
#include "core/options.h"
#include "core/rng.h"

namespace wordfire::reference {

class WordVectors {
 public:
  using Vector = std::vector<double>;
  using Rows = std::vector<Vector>;

  ModelArgs args;
  int batch_size = 0;
  int uses = 1;  // of each negative of the windows that was drawn; restart() forgets them
  // As a GPU does it: words without n-grams are entered and left as well, and of the targets and
  // negatives of a step at most so many move at once; 0: all.
  bool keeps_windows = false;
  int outputs_at_once = 0;
  AliasTable negatives;
  std::vector<std::vector<int32_t>> rows_of_word;  // the word's own row, then its n-grams'
  Rows input;
  Rows output;

  // fastText's order: one pair, or one window of CBOW, after the other.
  void plain_order(const std::vector<int32_t>& words, double lr, Rng& rng) {
    for (int centre = 0; centre < size(words); ++centre) {
      const auto [begin, end] = window(centre, words, rng);
      std::vector<int32_t> around;
      for (int p = begin; p < end; ++p) {
        if (p == centre) continue;
        if (args.model == ModelKind::kSkipgram) pair(rows_of(words, centre), at(words, p), lr, rng);
        append(around, rows_of(words, p));
      }
      if (args.model == ModelKind::kCbow && !around.empty()) {
        pair(around, at(words, centre), lr, rng);
      }
    }
  }

  void restart() { rounds_.clear(); }

  // Shared negatives: the words of a window are inputs, its centre is the target.
  void skipgram_windows(const std::vector<int32_t>& words, double lr, Rng& rng) {
    begin_line(words, rng);
    std::vector<std::pair<int, int32_t>> pairs;  // input position, target word
    const auto flush = [&] {
      if (!pairs.empty()) step(pairs, lr, rng);
      pairs.clear();
    };
    for (int centre = 0; centre < size(words); ++centre) {
      const auto [begin, end] = window(centre, words, rng);
      enter(std::min(size(words), centre + args.ws + 1));
      for (int p = begin; p < end; ++p) {
        if (p == centre) continue;
        pairs.emplace_back(p, at(words, centre));
        if (static_cast<int>(pairs.size()) == batch_size) flush();
      }
      flush();
      leave(centre - args.ws);
    }
    leave(size(words));
  }

  void cbow_windows(const std::vector<int32_t>& words, double lr, Rng& rng) {
    begin_line(words, rng);
    for (int centre = 0; centre < size(words); ++centre) {
      const auto [begin, end] = window(centre, words, rng);
      enter(std::min(size(words), centre + args.ws + 1));
      if (end - begin > 1) cbow_step(begin, end, centre, lr, rng);
      leave(centre - args.ws);
    }
    leave(size(words));
  }

 protected:
  static int size(const std::vector<int32_t>& words) { return static_cast<int>(words.size()); }
  static int32_t at(const std::vector<int32_t>& words, int i) {
    return words[static_cast<size_t>(i)];
  }
  static void append(std::vector<int32_t>& to, const std::vector<int32_t>& rows) {
    to.insert(to.end(), rows.begin(), rows.end());
  }
  static void add(Vector& to, double factor, const Vector& from) {
    for (size_t j = 0; j < to.size(); ++j) to[j] += factor * from[j];
  }
  static double probability(const Vector& a, const Vector& b) {
    double s = 0;
    for (size_t j = 0; j < a.size(); ++j) s += a[j] * b[j];
    return 1 / (1 + std::exp(-s));
  }
  const std::vector<int32_t>& rows_of(const std::vector<int32_t>& words, int i) const {
    return rows_of_word[static_cast<size_t>(at(words, i))];
  }
  Vector zero() const { return Vector(static_cast<size_t>(args.dim)); }

  std::pair<int, int> window(int centre, const std::vector<int32_t>& words, Rng& rng) const {
    const int reach = 1 + static_cast<int>(rng.below(static_cast<uint32_t>(args.ws)));
    return {std::max(0, centre - reach), std::min(size(words), centre + reach + 1)};
  }

  // One example of fastText: probabilities from the output rows as they were, moves one by one.
  void pair(const std::vector<int32_t>& rows, int32_t target, double lr, Rng& rng) {
    Vector hidden = zero();
    for (const int32_t row : rows) {
      add(hidden, 1.0 / static_cast<double>(rows.size()), input[static_cast<size_t>(row)]);
    }
    std::vector<int32_t> outputs = {target};
    while (static_cast<int>(outputs.size()) <= args.neg) {
      const int32_t word = negatives.draw(rng);
      if (word != target) outputs.push_back(word);
    }
    const Rows before = output;
    Vector gradient = zero();
    for (size_t o = 0; o < outputs.size(); ++o) {
      const auto word = static_cast<size_t>(outputs[o]);
      const double g = lr * ((o == 0 ? 1 : 0) - probability(hidden, before[word]));
      add(gradient, g, output[word]);
      add(output[word], g, hidden);
    }
    for (const int32_t row : rows) add(input[static_cast<size_t>(row)], 1, gradient);
  }

  // The words around the centre as they are used: vectors that are built when a word enters, moved
  // in each step, and written back when it leaves. Without n-grams the row itself.
  struct Entered {
    Vector now;
    Vector first;
  };
  bool has_ngrams() const {
    return keeps_windows || std::any_of(rows_of_word.begin(), rows_of_word.end(),
                                        [](const auto& rows) { return rows.size() > 1; });
  }
  Vector& vector(int position) {
    if (has_ngrams()) return entered_.at(position).now;
    return input[static_cast<size_t>(at(line_, position))];
  }
  double weight(int position) const {
    const auto rows = static_cast<double>(rows_of(line_, position).size());
    return args.model == ModelKind::kCbow ? rows : 1;
  }

  void begin_line(const std::vector<int32_t>& words, Rng& rng) {
    line_ = words;
    next_ = 0;
    left_ = 0;
    if (uses == 1) restart();
    draw(rng);
  }
  void enter(int end) {
    for (; next_ < end; ++next_) {
      if (!has_ngrams()) continue;
      const auto& rows = rows_of(line_, next_);
      Vector mean = zero();
      for (const int32_t row : rows) {
        add(mean, weight(next_) / static_cast<double>(rows.size()),
            input[static_cast<size_t>(row)]);
      }
      entered_[next_] = {mean, mean};
    }
  }
  void leave(int end) {
    for (; left_ < end; ++left_) {
      if (!has_ngrams()) continue;
      Vector moved = entered_.at(left_).now;
      add(moved, -1, entered_.at(left_).first);
      for (const int32_t row : rows_of(line_, left_)) {
        add(input[static_cast<size_t>(row)], 1 / weight(left_), moved);
      }
      entered_.erase(left_);
    }
  }

  void draw(Rng& rng) {
    const auto neg = static_cast<size_t>(args.neg);
    if (rounds_.empty()) {
      std::vector<int32_t> drawn(16 * neg);
      for (int32_t& word : drawn) word = negatives.draw(rng);
      rounds_.assign(static_cast<size_t>(uses), drawn);
    }
    std::vector<int32_t>& drawn = rounds_.back();
    chosen_.clear();
    for (size_t i = 0; i < neg; ++i) {
      chosen_.push_back(drawn.back());
      drawn.pop_back();
    }
    if (drawn.empty()) rounds_.pop_back();
  }
  std::vector<int32_t> negatives_for(const std::vector<int32_t>& targets, Rng& rng) {
    std::vector<int32_t> words = chosen_;
    for (int32_t& word : words) {
      while (std::find(targets.begin(), targets.end(), word) != targets.end()) {
        word = negatives.draw(rng);
      }
    }
    draw(rng);
    return words;
  }

  void step(const std::vector<std::pair<int, int32_t>>& pairs, double lr, Rng& rng) {
    std::vector<int32_t> targets;
    for (const auto& pair : pairs) targets.push_back(pair.second);
    const std::vector<int32_t> words = negatives_for(targets, rng);
    std::vector<int32_t> outputs = {targets[0]};
    append(outputs, words);
    for (const auto& tile : tiles_of(outputs)) step_tile(pairs, tile, targets[0], lr);
  }
  std::vector<std::vector<int32_t>> tiles_of(const std::vector<int32_t>& outputs) const {
    std::vector<std::vector<int32_t>> tiles = {{}};
    for (const int32_t output : outputs) {
      if (outputs_at_once > 0 && std::ssize(tiles.back()) == outputs_at_once) tiles.emplace_back();
      tiles.back().push_back(output);
    }
    return tiles;
  }
  void step_tile(const std::vector<std::pair<int, int32_t>>& pairs,
                 const std::vector<int32_t>& outputs, int32_t target, double lr) {
    Rows inputs;
    for (const auto& pair : pairs) inputs.push_back(vector(pair.first));
    const Rows before = output;
    for (size_t i = 0; i < pairs.size(); ++i) {
      for (const int32_t word : outputs) {
        const auto w = static_cast<size_t>(word);
        const double g = lr * ((word == target ? 1 : 0) - probability(inputs[i], before[w]));
        add(vector(pairs[i].first), g, before[w]);
        add(output[w], g, inputs[i]);
      }
    }
  }

  void cbow_step(int begin, int end, int centre, double lr, Rng& rng) {
    Vector hidden = zero();
    double rows = 0;
    for (int p = begin; p < end; ++p) {
      if (p == centre) continue;
      add(hidden, 1, vector(p));
      rows += weight(p);
    }
    for (double& x : hidden) x /= rows;
    const int32_t target = at(line_, centre);
    std::vector<int32_t> outputs = negatives_for({target}, rng);
    outputs.insert(outputs.begin(), target);
    const Vector mean = hidden;
    for (const auto& tile : tiles_of(outputs)) {
      const Rows before = output;
      const Vector seen = hidden;
      for (const int32_t output_word : tile) {
        const auto w = static_cast<size_t>(output_word);
        const double g = lr * ((output_word == target ? 1 : 0) - probability(seen, before[w]));
        add(hidden, g, before[w]);
        add(output[w], g, seen);
      }
    }
    Vector gradient = hidden;
    add(gradient, -1, mean);
    for (int p = begin; p < end; ++p) {
      if (p != centre) add(vector(p), weight(p), gradient);
    }
  }

  std::vector<int32_t> line_;
  int next_ = 0;
  int left_ = 0;
  std::map<int, Entered> entered_;
  std::vector<std::vector<int32_t>> rounds_;  // drawn negatives that are still to be used
  std::vector<int32_t> chosen_;
};

}  // namespace wordfire::reference
