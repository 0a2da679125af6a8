#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/backend.h"
#include "tests/reference/plan_epoch.h"
#include "tests/train/job_fixture.h"
#include "train/training_data.h"

namespace wordfire {
namespace {

constexpr int kMinEpochs = 3;
constexpr int kPatience = 2;

class EarlyStopping : public JobTest {
 protected:
  // Labels of the validation text are those of another topic, so that every epoch that learns
  // predicts them worse: the first or an early epoch is the best.
  Options overfitting(const std::string& output) {
    Options wrong = options(output);
    wrong.args.epoch = 12;
    wrong.lr = 0.05;
    wrong.early_stopping = true;
    wrong.min_epochs = kMinEpochs;
    wrong.patience = kPatience;
    std::string text = labelled_text(200, 2);
    for (size_t at = 0; (at = text.find("__label__", at)) != std::string::npos; ++at) {
      char& digit = text[at + 9];
      digit = static_cast<char>('0' + (digit - '0' + 1) % 6);
    }
    wrong.validation = {write("validation.txt", text)};
    return wrong;
  }

  // Runs and keeps what each epoch reported.
  TrainingResult run_and_listen(const Options& options) {
    TrainingEvents events;
    epochs_.clear();
    events.epoch = [&](const EpochReport& report) { epochs_.push_back(report); };
    return run(options, events);
  }

  [[nodiscard]] int epoch_of_highest_precision() const {
    int best = 0;
    for (size_t i = 1; i < epochs_.size(); ++i) {
      if (epochs_[i].validation->precision >
          epochs_[static_cast<size_t>(best)].validation->precision) {
        best = static_cast<int>(i);
      }
    }
    return best + 1;
  }

  std::vector<EpochReport> epochs_;
};

// The input rows (as in the file) and output rows after `epochs` epochs, trained step by step
// without a job.
struct PlainRun {
  std::vector<float> input;
  std::vector<float> output;
};

void append_row(const float* row, int32_t dim, std::vector<float>& to) {
  to.insert(to.end(), row, row + dim);
}

Weights first_weights(const TrainingData& data, const Options& options) {
  const int32_t dim = options.args.dim;
  Weights weights{SharedMatrix(data.buckets.rows(), dim),
                  SharedMatrix(data.model->dictionary.nlabels(), dim)};
  const int64_t rows = int64_t{data.model->dictionary.nwords()} + options.args.bucket;
  for (int64_t row = 0; row < rows; ++row) {
    const int32_t at = data.buckets.trained_row(row);
    if (at >= 0) first_row(static_cast<uint64_t>(options.seed), row, dim, weights.input.row(at));
  }
  return weights;
}

PlainRun in_file_order(const TrainingData& data, const Options& options, const Weights& weights) {
  const int32_t dim = options.args.dim;
  PlainRun run;
  const int64_t rows = int64_t{data.model->dictionary.nwords()} + options.args.bucket;
  std::vector<float> untouched(static_cast<size_t>(dim));
  for (int64_t row = 0; row < rows; ++row) {
    const int32_t at = data.buckets.trained_row(row);
    first_row(static_cast<uint64_t>(options.seed), row, dim, untouched.data());
    append_row(at >= 0 ? weights.input.row(at) : untouched.data(), dim, run.input);
  }
  for (int64_t row = 0; row < weights.output.rows(); ++row) {
    append_row(weights.output.row(row), dim, run.output);
  }
  return run;
}

PlainRun train_plainly(const Options& options, int epochs) {
  const std::atomic<bool> stop = false;
  const TrainingData data = read_training_data(options, {}, *make_one_process(), 1, stop);
  Weights weights = first_weights(data, options);
  const auto loss = make_loss(options.args, data.model->dictionary.label_counts());
  const SupervisedTask task{data.corpus,
                            data.subwords,
                            *loss,
                            weights,
                            options.args.lr_update_rate,
                            static_cast<uint64_t>(options.seed),
                            1};
  const std::unique_ptr<Backend> backend = make_deterministic_backend(task);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    static_cast<void>(
        backend->train(plan_epoch(data.corpus, epoch, options.args.epoch, options.lr, stop)));
  }
  return in_file_order(data, options, weights);
}

std::vector<float> values_of(const RowsView& rows) {
  std::vector<float> values(static_cast<size_t>(rows.rows * rows.dim));
  for (int64_t i = 0; i < rows.rows; ++i) {
    std::copy_n(rows.row(i), rows.dim * sizeof(float),
                reinterpret_cast<std::byte*>(values.data() + i * rows.dim));
  }
  return values;
}

TEST_F(EarlyStopping, TheSavedWeightsAreThoseOfTheBestEpoch) {
  const Options job = check_options(overfitting("model"));
  const TrainingResult result = run_and_listen(job);
  EXPECT_EQ(result.best_epoch, epoch_of_highest_precision());
  ASSERT_LT(result.best_epoch, result.epochs) << "the best epoch must not be the last here";
  const auto model = load_model(path("model.bin")).model;
  const PlainRun best = train_plainly(job, result.best_epoch);
  EXPECT_TRUE(values_of(model->input.dense) == best.input);
  EXPECT_TRUE(values_of(model->output.dense) == best.output);
  EXPECT_FALSE(train_plainly(job, result.epochs).output == best.output);
}

TEST_F(EarlyStopping, EndsWhenPatienceIsOver) {
  const TrainingResult result = run_and_listen(overfitting("model"));
  EXPECT_EQ(result.epochs, std::max(kMinEpochs, result.best_epoch + kPatience));
  EXPECT_LT(result.epochs, 12);
  EXPECT_EQ(result.epochs, static_cast<int>(epochs_.size()));
}

TEST_F(EarlyStopping, ReportsWhichEpochsWereTheBestSoFar) {
  run_and_listen(overfitting("model"));
  double best = -1;
  for (const EpochReport& epoch : epochs_) {
    EXPECT_EQ(epoch.best, epoch.validation->precision > best) << epoch.epoch;
    best = std::max(best, epoch.validation->precision);
  }
}

TEST_F(EarlyStopping, TheScoreOfTheResultIsThatOfTheSavedEpoch) {
  const TrainingResult result = run_and_listen(overfitting("model"));
  const auto& best = epochs_[static_cast<size_t>(result.best_epoch - 1)].validation;
  EXPECT_EQ(result.validation->precision, best->precision);
  EXPECT_EQ(result.validation->recall, best->recall);
}

TEST_F(EarlyStopping, WithoutItTheLastEpochIsSaved) {
  Options all = overfitting("model");
  all.early_stopping = false;
  const TrainingResult result = run_and_listen(all);
  EXPECT_EQ(result.epochs, 12);
  EXPECT_EQ(result.best_epoch, 12);
  const auto model = load_model(path("model.bin")).model;
  EXPECT_TRUE(values_of(model->output.dense) == train_plainly(check_options(all), 12).output);
}

}  // namespace
}  // namespace wordfire
