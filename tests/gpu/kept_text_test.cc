// Whether backends train on the text that there is: it may have stayed on the GPU, have changed, or
// be another one at the same place.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "cuda/cuda_backend.h"
#include "tests/cuda/line_corpus.h"
#include "tests/cuda/text_pair.h"
#include "tests/cuda/word_fixture.h"
#include "tests/gpu/gpu.h"
#include "tests/reference/plan_epoch.h"

namespace wordfire {
namespace {

const std::atomic<bool> kNoStop = false;

// Lines that repeat one word.
class OneWordText {
 public:
  explicit OneWordText(int32_t lines) {
    for (int32_t line = 0; line < lines; ++line)
      lines_.add(std::vector<int32_t>(8), std::vector<int32_t>{line % 2});
  }
  // The text, to be of this word, and whose it is; null: anybody may change it.
  void become(int32_t word, std::shared_ptr<const void> owner) {
    std::ranges::fill(lines_.features(), word);
    lines_.own(std::move(owner));
  }
  [[nodiscard]] const Corpus& corpus() const { return lines_.corpus(); }

 private:
  LineCorpus lines_;
};

// The input rows that an epoch moves.
std::vector<int64_t> rows_moved(Backend& backend, Weights& weights, const Corpus& corpus) {
  backend.give_weights();
  SharedMatrix before(weights.input.rows(), weights.input.dim());
  before.copy_from(weights.input, 1);
  const RangeResult result = backend.train(plan_epoch(corpus, 0, 2, 0.1, kNoStop));
  EXPECT_EQ(result.end.tokens, corpus.token_end.back());
  backend.give_weights();
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < before.rows(); ++row) {
    const float* const was = before.row(row);
    if (!std::equal(was, was + before.dim(), weights.input.row(row))) rows.push_back(row);
  }
  return rows;
}

using Rows = std::vector<int64_t>;

void expect_text_that_there_is(Backend& backend, Weights& weights, OneWordText& text) {
  text.become(3, nullptr);
  EXPECT_EQ(rows_moved(backend, weights, text.corpus()), Rows{3});
  text.become(4, nullptr);
  EXPECT_EQ(rows_moved(backend, weights, text.corpus()), Rows{4});
  const auto owner = std::make_shared<int>(1);
  text.become(5, owner);
  EXPECT_EQ(rows_moved(backend, weights, text.corpus()), Rows{5});
  // It stays: that nobody changes it is its owner's promise.
  text.become(6, owner);
  EXPECT_EQ(rows_moved(backend, weights, text.corpus()), Rows{5});
  text.become(7, std::make_shared<int>(2));
  EXPECT_EQ(rows_moved(backend, weights, text.corpus()), Rows{7});
}

using GpuKeptText = GpuTest;

TEST_F(GpuKeptText, AClassifierTrainsOnWhatThereIs) {
  OneWordText text(20);
  Weights weights{SharedMatrix(10, 12), SharedMatrix(2, 12)};
  for (int64_t i = 0; i < 10; ++i) first_row(1, i, 12, weights.input.row(i));
  for (int64_t i = 0; i < 2; ++i) first_row(2, i, 12, weights.output.row(i));
  const auto loss =
      make_loss(args_of(LossKind::kSoftmax, 12, Features::kWords), std::vector<int64_t>{10, 10});
  const SubwordTable none;
  const SupervisedTask task{text.corpus(), none, *loss, weights, 0, 1, 1};
  const auto backend = make_cuda_backend(task, device_);
  expect_text_that_there_is(*backend, weights, text);
}

TEST_F(GpuKeptText, WordVectorsTrainOnWhatThereIs) {
  OneWordText text(20);
  WordFixture fixture({ModelKind::kSkipgram, false, 0, 5, 12});
  const auto backend = make_cuda_word_vector_backend(fixture.task(text.corpus()), device_);
  expect_text_that_there_is(*backend, fixture.weights, text);
}

// What the host changes of the weights, all or some of them, is trained on.
TEST_F(GpuKeptText, WeightsThatTheHostChangesAreTrained) {
  OneWordText text(20);
  text.become(3, nullptr);
  WordFixture fixture({ModelKind::kSkipgram, false, 0, 5, 12});
  Weights& weights = fixture.weights;
  const auto backend = make_cuda_word_vector_backend(fixture.task(text.corpus()), device_);
  const RangePlan plan = plan_epoch(text.corpus(), 0, 2, 1e-6, kNoStop);
  (void)backend->train(plan);
  backend->give_weights();
  weights.input.row(3)[0] = 11;
  weights.input.row(9)[1] = 12;
  (void)backend->train(plan);
  const WeightRows some{false, 8, 10};
  backend->give_rows({&some, 1});
  EXPECT_EQ(weights.input.row(9)[1], 12);
  weights.input.row(8)[2] = 13;
  backend->take_rows({&some, 1});
  weights.input.row(7)[3] = 14;  // which is not given back
  (void)backend->train(plan);
  backend->give_weights();
  EXPECT_NEAR(weights.input.row(3)[0], 11, 0.1);
  EXPECT_EQ(weights.input.row(9)[1], 12);
  EXPECT_EQ(weights.input.row(8)[2], 13);
  EXPECT_NE(weights.input.row(7)[3], 14);
}

}  // namespace
}  // namespace wordfire
