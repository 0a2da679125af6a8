#include "train/epochs.h"

#include <fmt/format.h>

#include <algorithm>

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

std::vector<ExampleRange> ranges_of(const Options& options, const TrainingData& data) {
  const double tokens_of_example = static_cast<double>(data.corpus.token_end.back()) /
                                   static_cast<double>(data.corpus.examples());
  return epoch_ranges(data.corpus, 0, range_tokens(options, tokens_of_example, data.output_rows()));
}

// What was done before a range, and the range's own part.
RangeProgress sum_of(const RangeProgress& before, const RangeProgress& range) {
  return {before.tokens + range.tokens, before.examples + range.examples,
          before.loss_sum + range.loss_sum, range.lr};
}

}  // namespace

Epochs::Epochs(const Options& options, const TrainingEvents& events, const StopRequests& requests,
               const TrainingData& data, Weights& weights, Checkpoints* checkpoints, int threads)
    : options_(options),
      events_(events),
      requests_(requests),
      data_(data),
      weights_(weights),
      checkpoints_(checkpoints),
      threads_(threads),
      backend_(options, data, weights, training_threads(options, threads)),
      ranges_(ranges_of(options, data)),
      predictor_(data.model),
      best_(options, weights, threads),
      meter_(events, state_, data.corpus.token_end.back(), options.args.epoch, threads) {}

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
  for (const ExampleRange& range : ranges_) {
    if (range.end <= state_.example) continue;
    if (leaving() || !train_range({std::max(range.begin, state_.example), range.end})) return;
  }
  meter_.report(state_.in_epoch, state_.epoch + 1 == options_.args.epoch);
  const double share =
      1 - static_cast<double>(done_before) / static_cast<double>(data_.corpus.token_end.back());
  const double seconds = std::max(meter_.seconds() - begin, 1e-9);
  finish_epoch(share * static_cast<double>(data_.model->dictionary.ntokens()) / seconds);
}

// A checkpoint can be written at the end of a range alone, so that a range is then trained to its
// end.
bool Epochs::train_range(const ExampleRange& range) {
  const Corpus& corpus = data_.corpus;
  RangePlan plan = plan_epoch(
      corpus, state_.epoch, options_.args.epoch, options_.lr,
      checkpoints_ == nullptr ? requests_.leave : to_end_,
      [&](const RangeProgress& now) { meter_.report(sum_of(state_.in_epoch, now), false); });
  plan.range = range;
  const RangeResult result = backend_.backend().train(plan);
  if (result.diverged) fail_diverged(result);
  state_.in_epoch = sum_of(state_.in_epoch, result.end);
  if (result.end.tokens < corpus.tokens_before(range.end) - corpus.tokens_before(range.begin)) {
    return false;
  }
  state_.example = range.end;
  if (checkpoints_ != nullptr && range.end < corpus.examples()) {
    state_.seconds = meter_.seconds();
    checkpoints_->write_if_due(state_, best_);
  }
  return true;
}

void Epochs::fail_diverged(const RangeResult& end) const {
  throw Error::internal(fmt::format(
      "training diverged in epoch {}, step {} (example {} of {}), at learning rate {:.6g}: the "
      "loss is not a number; lower -lr",
      state_.epoch + 1, state_.epoch * data_.corpus.examples() + end.diverged_example + 1,
      end.diverged_example + 1, data_.corpus.examples(), end.diverged_lr));
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
                                           static_cast<double>(data_.corpus.token_end.back());
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
void Epochs::score(TrainingResult& result) const {
  const bool scored = best_.keeps_weights() || (state_.validation && state_.in_epoch.tokens == 0);
  if (data_.validation && !scored) {
    result.validation = validate(predictor_, data_.validation->corpus, {}, threads_);
  }
  if (options_.train_score) {
    result.train = validate(predictor_, data_.corpus, data_.subwords, threads_);
  }
}

}  // namespace wordfire
