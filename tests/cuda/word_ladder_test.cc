// The kernels of bench/gpu/word_ladder.h, compiled for one warp on the CPU.
#include "bench/gpu/word_ladder.h"

#include <gtest/gtest.h>

#include "bench/gpu/ladder_case.h"
#include "bench/gpu/ladder_work.h"
#include "cuda/word_line.h"
#include "tests/cuda/ladder_host_warp.h"

namespace wordfire::ladder {
namespace {

// Calls use.operator()<Kernel>() with the rung's class.
template <typename Use>
void with_rung(Rung rung, Use use) {
  switch (rung) {
    case Rung::kScalarPairs:
      return use.template operator()<ScalarPairs<HostLadderWarp>>();
    case Rung::kQuadPairs:
      return use.template operator()<QuadPairs<HostLadderWarp>>();
    case Rung::kSharedOutputs:
      return use.template operator()<SharedOutputs<HostLadderWarp>>();
    case Rung::kSharedWindow:
      return use.template operator()<SharedWindow<HostLadderWarp>>();
    case Rung::kProduction:
      return use.template operator()<WordLine<HostLadderWarp, 1, false>>();
    case Rung::kSharedNegatives:
      return use.template operator()<SharedNegatives<HostLadderWarp, kSharedWindows>>();
  }
}

class WordLadderTest : public testing::TestWithParam<std::tuple<Rung, int32_t>> {
 protected:
  // Trains all lines; calls after(kept) behind each.
  template <typename After>
  void train(After after) {
    const auto [rung, dim] = GetParam();
    WordVectorTables tables = small_.tables();
    tables.input = input_.data();
    tables.output = output_.data();
    const std::vector<float> no_crowds(SmallCase::kWords + 1);
    tables.input_crowds = no_crowds.data();
    tables.output_crowds = no_crowds.data();
    std::vector<Float4> memory(
        static_cast<size_t>(word_scratch_bytes(tables.width, tables.ws, tables.neg)) /
        sizeof(Float4));
    std::vector<int32_t> kept(100);
    const WordScratch scratch =
        word_scratch(&memory.data()->x, kept.data(), tables.width, tables.ws);
    with_rung(rung, [&]<class Kernel>() {
      Kernel kernel(tables, scratch);
      int64_t begin = 0;
      for (size_t i = 0; i < small_.ends().size(); ++i) {
        const Rng draws = SmallCase::draws_of(static_cast<int64_t>(i));
        const int64_t n = small_.ends()[i] - begin;
        const int32_t* const words = small_.words().data() + begin;
        kernel.train(words, n, SmallCase::kLr, draws);
        Rng same = draws;
        after(keep_words<HostWarp>(tables.kept_shares, words, n, same, kept.data()));
        begin = small_.ends()[i];
      }
    });
  }

  SmallCase small_{std::get<1>(GetParam()), 40, 60};
  std::vector<float> input_ = small_.input();
  std::vector<float> output_ = small_.output();
};

INSTANTIATE_TEST_SUITE_P(All, WordLadderTest,
                         testing::Combine(testing::ValuesIn(kRungs),
                                          testing::Values(4, 10, 100, 128)),
                         [](const testing::TestParamInfo<std::tuple<Rung, int32_t>>& info) {
                           return "Rung" +
                                  std::to_string(static_cast<int>(std::get<0>(info.param)) + 1) +
                                  "Dim" + std::to_string(std::get<1>(info.param));
                         });

TEST_P(WordLadderTest, MovesTheWeightsAsThePlainLoopsDo) {
  const Rung rung = std::get<0>(GetParam());
  EXPECT_GT(small_.distance(rung, input_, output_), 100 * kLadderTolerance) << "nothing to learn";
  train([](int64_t) {});
  EXPECT_LT(small_.distance(rung, input_, output_), kLadderTolerance);
}

TEST_P(WordLadderTest, ReadsAndMovesAsManyRowsAsTheTableSays) {
  const Rung rung = std::get<0>(GetParam());
  const int32_t dim = std::get<1>(GetParam());
  HostLadderWarp::loads() = 0;
  HostLadderWarp::adds() = 0;
  Work work;
  train([&](int64_t kept) {
    work += work_of_rung(rung, {.dim = dim, .ws = 5, .neg = 5}, kept, kSharedWindows);
  });
  const double width = padded_width(dim);
  // How many words stand in a window is drawn where they are read once a window.
  const double tolerance = rung < Rung::kSharedWindow ? 0.03 : 1e-12;
  const auto loads = static_cast<double>(HostLadderWarp::loads());
  EXPECT_NEAR(loads, work.reads * width, tolerance * loads);
  EXPECT_EQ(HostLadderWarp::loads(), HostLadderWarp::adds());
}

}  // namespace
}  // namespace wordfire::ladder
