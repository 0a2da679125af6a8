#include "train/epochs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "train/validation.h"

namespace wordfire {
namespace {

// Threads that meet at barriers only wait for each other when they share a core.
int training_threads(const Options& options, int threads) {
  return options.deterministic ? std::min(threads, available_threads()) : threads;
}

int64_t range_tokens_of(const Options& options, const TrainingData& data) {
  const double tokens_of_example = static_cast<double>(data.corpus.token_end.back()) /
                                   static_cast<double>(data.corpus.examples());
  return range_tokens(options, tokens_of_example, data.output_rows());
}

// What was done before a range, and the range's own part.
RangeProgress sum_of(const RangeProgress& before, const RangeProgress& range) {
  return {before.tokens + range.tokens, before.examples + range.examples,
          before.loss_sum + range.loss_sum, range.lr};
}

// The score of several corpora together.
class TextScore {
 public:
  void add(const Corpus& corpus, const ValidationScore& of) {
    hits_ += std::llround(of.precision * static_cast<double>(of.examples));
    examples_ += of.examples;
    labels_ += static_cast<int64_t>(corpus.labels.size());
  }
  [[nodiscard]] ValidationScore result() const {
    const auto hits = static_cast<double>(hits_);
    return {examples_, hits / static_cast<double>(std::max<int64_t>(examples_, 1)),
            hits / static_cast<double>(std::max<int64_t>(labels_, 1))};
  }

 private:
  int64_t hits_ = 0;
  int64_t examples_ = 0;
  int64_t labels_ = 0;
};

}  // namespace

Epochs::Epochs(const Options& options, const TrainingEvents& events, const StopRequests& requests,
               TrainingData& data, Weights& weights, Checkpoints* checkpoints, int threads)
    : options_(options),
      events_(events),
      requests_(requests),
      data_(data),
      weights_(weights),
      checkpoints_(checkpoints),
      threads_(threads),
      backend_(options, data, weights, training_threads(options, threads)),
      range_tokens_(range_tokens_of(options, data)),
      predictor_(data.model),
      best_(options, weights, threads),
      meter_(events, state_, data.epoch_tokens, options.args.epoch, threads) {}

void Epochs::run(TrainingResult& result) {
  if (checkpoints_ != nullptr) checkpoints_->resume(state_, best_);
  meter_.start();
  while (!is_done() && !leaving()) train_epoch();
  state_.seconds = meter_.seconds();
  result.epochs = result.best_epoch = state_.epoch;
  result.finished_early = !is_done();
  const bool saves_all = is_done() && !requests_.discard;
  if (checkpoints_ != nullptr && leaving() && !saves_all) checkpoints_->write(state_, best_);
  throw_if(requests_.discard);
  result.loss = state_.mean_loss();
  result.validation = state_.validation;
  add_times(result);
  take_best(result);
  score(result);
}

void Epochs::train_epoch() {
  const double begin = meter_.seconds();
  const int64_t done_before = state_.in_epoch.tokens;
  try {
    if (data_.pieces && !at_first_pass_) data_.begin_pass();
    at_first_pass_ = false;
    do {
      if (!train_corpus()) return;
    } while (data_.next_piece());
  } catch (const Stopped&) {
    return;  // while text was awaited
  }
  warn_of_change();
  meter_.report(state_.in_epoch, state_.epoch + 1 == options_.args.epoch);
  const double share =
      1 - static_cast<double>(done_before) / static_cast<double>(data_.epoch_tokens);
  const double seconds = std::max(meter_.seconds() - begin, 1e-9);
  finish_epoch(share * static_cast<double>(data_.model->dictionary.ntokens()) / seconds);
}

bool Epochs::train_corpus() {
  const int64_t done = state_.example - data_.examples_before;  // of the corpus, or behind it
  for (const ExampleRange& range : epoch_ranges(data_.corpus, data_.tokens_before, range_tokens_)) {
    if (range.end <= done) continue;
    if (leaving() || !train_range({std::max(range.begin, done), range.end})) return false;
  }
  return true;
}

RangePlan Epochs::plan_of(const ExampleRange& range) {
  return {.epoch = state_.epoch,
          .epochs = options_.args.epoch,
          .lr = options_.lr,
          .epoch_tokens = data_.epoch_tokens,
          .range = range,
          .examples_before = data_.examples_before,
          .tokens_before = data_.tokens_before,
          .stop = checkpoints_ == nullptr ? requests_.leave : to_end_,
          .progress = [this](const RangeProgress& now) {
            meter_.report(sum_of(state_.in_epoch, now), false);
          }};
}

// A checkpoint can be written at the end of a range alone, so that a range is then trained to its
// end.
bool Epochs::train_range(const ExampleRange& range) {
  const Corpus& corpus = data_.corpus;
  const RangeResult result = backend_.backend().train(plan_of(range));
  if (result.diverged) fail_diverged(result);
  state_.in_epoch = sum_of(state_.in_epoch, result.end);
  if (result.end.tokens < corpus.tokens_before(range.end) - corpus.tokens_before(range.begin)) {
    return false;
  }
  state_.example = data_.examples_before + range.end;
  if (checkpoints_ != nullptr && (data_.pieces || range.end < corpus.examples())) {
    state_.seconds = meter_.seconds();
    checkpoints_->write_if_due(state_, best_);
  }
  return true;
}

void Epochs::warn_of_change() const {
  if (!data_.pieces || !events_.warning || data_.pieces->tokens() == data_.epoch_tokens) return;
  events_.warning(
      fmt::format("the training text had {} tokens in epoch {}, and {} when it was counted; leave "
                  "the text alone "
                  "while it is read",
                  data_.pieces->tokens(), state_.epoch + 1, data_.epoch_tokens));
}

void Epochs::fail_diverged(const RangeResult& end) const {
  const std::string all = data_.pieces ? "the text" : fmt::format("{}", data_.corpus.examples());
  throw Error::internal(fmt::format(
      "training diverged in epoch {}, step {} (example {} of {}), at learning rate {:.6g}: the "
      "loss is not a number; lower -lr",
      state_.epoch + 1, state_.examples + end.diverged_example + 1, end.diverged_example + 1, all,
      end.diverged_lr));
}

void Epochs::finish_epoch(double words_per_second) {
  const RangeProgress end = state_.in_epoch;
  state_.finish_epoch();
  const int epoch = state_.epoch;
  EpochReport report;
  report.epoch = epoch;
  report.loss = end.loss_sum / static_cast<double>(std::max<int64_t>(end.examples, 1));
  report.lr = end.lr;
  report.words_per_second = words_per_second;
  if (data_.validation) {
    report.validation = validate(predictor_, data_.validation->corpus, {}, threads_);
    report.best = best_.offer(epoch, *report.validation, weights_);
    report.epochs_since_best = epoch - best_.best().epoch;
    state_.validation = report.validation;
  }
  state_.seconds = meter_.seconds();
  if (events_.epoch) events_.epoch(report);
  if (checkpoints_ != nullptr && !is_done()) checkpoints_->write_at_epoch_end(state_, best_);
}

void Epochs::keep_result() {
  if (checkpoints_ != nullptr && is_done()) checkpoints_->write(state_, best_);
}

void Epochs::add_times(TrainingResult& result) const {
  const double epochs = state_.epoch + static_cast<double>(state_.in_epoch.tokens) /
                                           static_cast<double>(data_.epoch_tokens);
  result.train_seconds = meter_.seconds();
  if (result.train_seconds <= 0) return;
  result.words_per_second =
      epochs * static_cast<double>(data_.model->dictionary.ntokens()) / result.train_seconds;
}

// Without early stopping the weights stay as they are.
void Epochs::take_best(TrainingResult& result) {
  if (!best_.keeps_weights()) return;
  result.best_epoch = best_.best().epoch;
  result.validation = best_.best().score;
  if (result.best_epoch == result.epochs && state_.in_epoch.tokens == 0) return;
  weights_.input.copy_from(best_.best_weights().input, threads_);
  weights_.output.copy_from(best_.best_weights().output, threads_);
}

// Weights within an epoch were not scored yet.
void Epochs::score(TrainingResult& result) {
  const bool scored = best_.keeps_weights() || (state_.validation && state_.in_epoch.tokens == 0);
  if (data_.validation && !scored) {
    result.validation = validate(predictor_, data_.validation->corpus, {}, threads_);
  }
  if (options_.train_score) score_training_text(result);
}

// A text in pieces is read once more. Where that cannot be, its last piece stands for it.
void Epochs::score_training_text(TrainingResult& result) {
  if (data_.pieces) result.train = score_of_one_more_pass();
  if (result.train) return;
  result.train = validate(predictor_, data_.corpus, data_.subwords, threads_);
  result.train_is_estimate = data_.pieces != nullptr;
}

// Nothing where the pass is not there or breaks off: no model that is trained is lost for a score.
std::optional<ValidationScore> Epochs::score_of_one_more_pass() {
  try {
    if (leaving() || !data_.pieces->has_next_pass()) return std::nullopt;
    TextScore score;
    data_.begin_pass();
    do {
      score.add(data_.corpus, validate(predictor_, data_.corpus, data_.subwords, threads_));
    } while (data_.next_piece());
    return score.result();
  } catch (const Stopped&) {
    return std::nullopt;
  } catch (const Error& error) {
    if (events_.warning) events_.warning(error.what());
    return std::nullopt;
  }
}

}  // namespace wordfire
