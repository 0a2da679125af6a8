// The counts of bench/gpu/roofline.h beside what the GPU's kernels read and move, whose text runs
// here on the CPU and is counted.
#include "bench/gpu/roofline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "core/context_window.h"
#include "cuda/word_line.h"
#include "tests/cuda/host_text_engine.h"
#include "tests/cuda/host_words.h"
#include "tests/cuda/text_pair.h"
#include "tests/cuda/word_fixture.h"

namespace wordfire {
namespace {

struct Counts {
  int64_t loads = 0;       // of four floats
  int64_t adds = 0;        // likewise
  int64_t broadcasts = 0;  // one for each pair of input and output, and one for each loss
};

// Counts what a warp does to rows that others share.
class CountingWarp : public HostWarp {
 public:
  static Counts& counts() {
    static Counts counts;
    return counts;
  }
  static Float4 load_row(const float* at) {
    ++counts().loads;
    return HostWarp::load_row(at);
  }
  static void add_to_row(float* at, const Float4& x) {
    ++counts().adds;
    HostWarp::add_to_row(at, x);
  }
  template <typename T>
  static T broadcast(const Lanes<T>& all, int lane) {
    ++counts().broadcasts;
    return HostWarp::broadcast(all, lane);
  }
};

struct Counted {
  Work work;
  Counts counts;
  int64_t pairs = 0;  // that the kernel's tiles stepped
};

// Lines of the fixture, counted both ways.
Counted count_lines(WordFixture& fixture, uint32_t lines) {
  HostWords words(fixture);
  Counted counted;
  const WordVectorTables& tables = words.tables();
  const WordJob job{fixture.args.model == ModelKind::kCbow, tables.dim, tables.ws, tables.neg,
                    fixture.batch_size};
  with_kernel(tables, job.cbow, [&]<int parts, bool cbow>() {
    WordLine<CountingWarp, parts, cbow> trainer(tables, words.scratch());
    CountingWarp::counts() = {};
    for (uint32_t seed = 0; seed < lines; ++seed) {
      const std::vector<int32_t> line = WordFixture::some_line(seed);
      const Rng draws(WordFixture::kSeed, 0, seed);
      trainer.train(line.data(), static_cast<int64_t>(line.size()), WordFixture::kLr, draws);
      Rng same = draws;
      std::vector<int32_t> kept;
      fixture.subsampling.keep(line, same, kept);
      int64_t rows = 0;
      for (const int32_t word : kept) rows += std::ssize(fixture.plain.rows_of_word[word]);
      counted.work += work_of_line(job, std::ssize(kept), rows);
    }
    counted.counts = CountingWarp::counts();
    // A tile steps all of its outputs, also those that it has no row for.
    const int32_t tile = word_outputs(parts);
    const int32_t outputs = (tables.neg + tile) / tile * tile;
    counted.pairs = (counted.counts.broadcasts - trainer.loss().count) / outputs;
  });
  return counted;
}

class RooflineOfWords : public testing::TestWithParam<WordCase> {};
INSTANTIATE_TEST_SUITE_P(All, RooflineOfWords, testing::ValuesIn(kWordCases), name_of_word_case);

TEST_P(RooflineOfWords, RowsAreThoseThatTheKernelReadsAndMoves) {
  WordFixture fixture(GetParam());
  const Counted counted = count_lines(fixture, 60);
  const double of_row = padded_width(fixture.args.dim) / 4;
  // How many steps a window's batches make is drawn; all else is exact.
  const double tolerance = GetParam().batch_size > 0 ? 0.02 : 1e-12;
  EXPECT_NEAR(static_cast<double>(counted.counts.loads), counted.work.reads * of_row,
              tolerance * static_cast<double>(counted.counts.loads));
  EXPECT_EQ(counted.counts.loads, counted.counts.adds);
  EXPECT_GT(counted.counts.loads, 1000);
}

TEST_P(RooflineOfWords, OperationsAreThoseOfThePairsThatTheKernelSteps) {
  WordFixture fixture(GetParam());
  const Counted counted = count_lines(fixture, 200);
  const double outputs = fixture.args.neg + 1.0;
  const bool cbow = fixture.args.model == ModelKind::kCbow;
  const double of_pairs = 6.0 * fixture.args.dim * outputs * static_cast<double>(counted.pairs);
  // Words are added up and moved as well: 3 operations a value of CBOW's windows, 2 of n-grams'.
  const double others = cbow || !fixture.subwords.empty() ? 1.5 : 0.02;
  EXPECT_GT(counted.work.operations, 0.98 * of_pairs);
  EXPECT_LT(counted.work.operations, (1 + others) * of_pairs);
}

TEST(Roofline, WindowsHaveTheWordsThatStandInThem) {
  for (const int32_t ws : {1, 2, 5, 9}) {
    for (const int64_t n : {0, 1, 2, 3, 5, 6, 11, 12, 40}) {
      double words = 0;
      double steps = 0;
      for (int64_t c = 0; c < n; ++c) {
        for (int64_t b = 1; b <= ws; ++b) {
          const auto around = std::min(c + b + 1, n) - std::max<int64_t>(c - b, 0) - 1;
          words += static_cast<double>(around) / ws;
          steps += static_cast<double>((around + 2) / 3) / ws;
        }
      }
      EXPECT_NEAR(window_words(n, ws), words, 1e-9) << n << " words, ws " << ws;
      EXPECT_NEAR(window_steps(n, ws, 3), n < 2 ? 0 : steps, 1e-9) << n << " words, ws " << ws;
    }
  }
}

// Counts what a team does to rows.
class CountingTeam {
 public:
  CountingTeam(int32_t size, Counts& counts) : size_(size), counts_(&counts) {}

  [[nodiscard]] int32_t size() const { return size_; }
  template <typename Body>
  void each(int64_t n, Body body) const {
    for (int64_t i = 0; i < n; ++i) body(i);
  }
  void sync() const {}
  [[nodiscard]] Float4 load(const float* at) const {
    ++counts_->loads;
    return HostWarp::load_row(at);
  }
  void add(float* at, const Float4& move) const {
    ++counts_->adds;
    HostWarp::add_to_row(at, move);
  }

 private:
  int32_t size_;
  Counts* counts_;
};

using TextRooflineCase = std::tuple<LossKind, Features, bool>;
class RooflineOfTexts : public testing::TestWithParam<TextRooflineCase> {};

std::string name_of_text_roofline(const testing::TestParamInfo<TextRooflineCase>& info) {
  const auto [loss, features, is_read_again] = info.param;
  return name_of(loss) + name_of(features) + (is_read_again ? "ReadAgain" : "Kept");
}
INSTANTIATE_TEST_SUITE_P(All, RooflineOfTexts,
                         testing::Combine(testing::Values(LossKind::kHierarchicalSoftmax,
                                                          LossKind::kNegativeSampling,
                                                          LossKind::kSoftmax, LossKind::kOneVsAll),
                                          testing::Values(Features::kNgrams, Features::kSubwords),
                                          testing::Bool()),
                         name_of_text_roofline);

TEST_P(RooflineOfTexts, RowsAreThoseThatTheKernelReadsAndMoves) {
  const auto [loss, features, is_read_again] = GetParam();
  constexpr int32_t kDim = 10;
  // Of several labels hierarchical softmax draws one.
  const bool one_label = loss == LossKind::kHierarchicalSoftmax;
  TextPair pair(args_of(loss, kDim, features),
                one_label ? text_of_labels(12) : labelled_text(20, 1));
  const SupervisedTask task = pair.task();
  const TextTables tables(task.loss, pair.weights().output.rows());
  TextLayout layout = plan_text_layout(shape_of(task, tables));
  if (is_read_again) layout.kept = 0;
  for (int64_t i = 0; i < pair.examples(); ++i) {
    Counts counts;
    HostTextEngine<CountingTeam> engine(task, layout, CountingTeam(layout.lanes, counts));
    engine.train({.begin = i, .end = i + 1, .examples_before = 0, .rate = pair.rate()}, 1);
    const auto rows =
        static_cast<double>(task.subwords.expanded_size(pair.corpus().features_of(i)));
    const Work work = work_of_text_line(
        kDim, rows, outputs_of_line(tables, pair.corpus().labels_of(i)), is_read_again);
    ASSERT_EQ(static_cast<double>(counts.loads), work.reads * layout.chunks) << "line " << i;
    ASSERT_EQ(static_cast<double>(counts.adds), work.adds * layout.chunks) << "line " << i;
  }
}

constexpr char kProbed[] =
    "NVIDIA Something, 132 multiprocessors\n\n"
    "| copy | 4e12 |\n"
    "| operations | 6e13 |\n"
    "| what | row bytes | table MiB | drawn | read bytes/s | add bytes/s | note |\n"
    "|---|---|---|---|---|---|---|\n"
    "| rows | 64 | 73 | uniform | 1 | 1 | |\n"
    "| rows | 64 | 73 | Zipf | 2e12 | 5e11 | |\n"
    "| rows | 512 | 73 | Zipf | 8e12 | 2e12 | |\n"
    "| rows | 512 | 2048 | Zipf | 3e12 | 1e12 | |\n";

RowRates probed() {
  std::istringstream in(kProbed);
  return read_row_rates(in);
}

TEST(Roofline, RatesAreReadFromWhatTheProbePrints) {
  const RowRates rates = probed();
  EXPECT_EQ(rates.copy, 4e12);
  EXPECT_EQ(rates.operations, 6e13);
  ASSERT_EQ(rates.points.size(), 3u);
  EXPECT_EQ(rates.nearest(448, 60e6).add, 2e12);
  EXPECT_EQ(rates.nearest(600, 4e9).add, 1e12);
  EXPECT_EQ(rates.nearest(80, 4e9).add, 5e11);
}

TEST(Roofline, TheNearestLimitComesFirst) {
  const Work work{1e9, 1e9, 1e12};
  const auto bounds = bounds_of(work, 1, 512, 73 << 20, probed());
  EXPECT_STREQ(bounds[0].name, "adding to rows");
  EXPECT_DOUBLE_EQ(bounds[0].share, 512e9 / 2e12);
  EXPECT_DOUBLE_EQ(bounds[1].share, 1024e9 / 4e12);
  EXPECT_DOUBLE_EQ(bounds[3].share, 1.0 / 60);
}

TEST(Roofline, WithoutRatesThereIsNoShare) {
  EXPECT_EQ(bounds_of({1, 1, 1}, 1, 512, 1e6, RowRates())[0].share, 0);
}

}  // namespace
}  // namespace wordfire
