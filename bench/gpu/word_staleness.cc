// What word vectors lose when many lines are trained at once, each blind to what the others are
// about to move. The kernels' own text runs on the CPU: so many warps stand at a window each, and
// what they move takes effect when all have made their step. It writes the vectors, for
// `wordfire evaluate` to judge.
//
// CURVATURE: of cuda/row_crowds.h; 0: rows move by all that pull at them.
//
//   word_staleness TEXT DIM EPOCHS LR WARPS CURVATURE OUTPUT.vec
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "bench/gpu/word_study.h"
#include "core/error.h"
#include "cuda/word_line.h"

namespace wordfire {
namespace {

// Rows are moved when all warps have made their step.
class LateWarp : public HostWarp {
 public:
  static void add_to_row(float* at, const Float4& move) { moves().push_back({at, move}); }
  static void end_step() {
    for (const Move& move : moves()) HostWarp::add_to_row(move.at, move.values);
    moves().clear();
  }

 private:
  struct Move {
    float* at;
    Float4 values;
  };
  static std::vector<Move>& moves() {
    static std::vector<Move> moves;
    return moves;
  }
};

using Line = WordLine<LateWarp, 1, false>;

// A warp and its memory.
struct Runner {
  explicit Runner(const WordVectorTables& tables)
      : scratch(tables), line(tables, scratch.carve(tables)) {}

  StudyScratch scratch;
  Line line;
  bool is_busy = false;
};

class Study {
 public:
  explicit Study(const WordStudy& words) : words_(words) {}

  // Returns the mean loss of the last epoch.
  double train(int warps) {
    std::vector<std::unique_ptr<Runner>> runners;
    for (int i = 0; i < warps; ++i) runners.push_back(std::make_unique<Runner>(words_.tables()));
    WordLoss before;
    for (int32_t epoch = 0; epoch < words_.epochs(); ++epoch) {
      before = loss_of(runners);
      train_epoch(runners, epoch);
    }
    const WordLoss after = loss_of(runners);
    return (after.sum - before.sum) / static_cast<double>(after.count - before.count);
  }

 private:
  static WordLoss loss_of(const std::vector<std::unique_ptr<Runner>>& runners) {
    WordLoss all;
    for (const auto& runner : runners) {
      all.sum += runner->line.loss().sum;
      all.count += runner->line.loss().count;
    }
    return all;
  }

  void train_epoch(std::vector<std::unique_ptr<Runner>>& runners, int32_t epoch) {
    const Corpus& corpus = words_.corpus();
    const WordPass pass = words_.pass(epoch);
    int64_t next = 0;
    for (bool is_done = false; !is_done;) {
      is_done = true;
      for (const auto& runner : runners) {
        if (!runner->is_busy && next < corpus.examples()) {
          const auto words = corpus.features_of(next);
          runner->line.begin(words.data(), static_cast<int64_t>(words.size()),
                             pass.rate.at(corpus.tokens_before(next)), pass.draws_of(next),
                             static_cast<float>(runners.size() - 1));
          runner->is_busy = true;
          ++next;
        }
        if (runner->is_busy) runner->is_busy = runner->line.advance();
        if (runner->is_busy || next < corpus.examples()) is_done = false;
      }
      LateWarp::end_step();
    }
  }

  const WordStudy& words_;
};

int study(char** argv) {
  const WordStudy words(argv[1], std::atoi(argv[2]), std::atoi(argv[3]), std::atof(argv[4]),
                        std::atof(argv[6]));
  Study of(words);
  const double loss = of.train(std::atoi(argv[5]));
  words.save(argv[7]);
  fmt::print("{} warps, curvature {}: loss {:.4f}\n", argv[5], argv[6], loss);
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  constexpr int kArguments = 8;
  if (argc == 1) {
    std::puts("skipped: it studies a text; see its head comment");
    return 0;
  }
  const auto is_count = [&](int i, int most) {
    return std::atoi(argv[i]) >= 1 && std::atoi(argv[i]) <= most;
  };
  if (argc != kArguments || !is_count(2, 128) || !is_count(3, 1000) || !is_count(5, 1 << 20)) {
    std::fputs("word_staleness TEXT DIM EPOCHS LR WARPS CURVATURE OUTPUT.vec, DIM at most 128\n",
               stderr);
    return 2;
  }
  try {
    return wordfire::study(argv);
  } catch (const wordfire::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
