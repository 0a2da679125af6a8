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

// What was done before a range, and the range's own part.
RangeProgress sum_of(const RangeProgress& before, const RangeProgress& range) {
  return {before.tokens + range.tokens, before.examples + range.examples,
          before.loss_sum + range.loss_sum, range.lr};
}

}  // namespace

Epochs::Epochs(const Options& options, const TrainingEvents& events, const StopRequests& requests,
               const TrainingData& data, Weights& weights, int threads)
    : options_(options),
      events_(events),
      requests_(requests),
      data_(data),
      weights_(weights),
      threads_(threads),
      backend_(options, data, weights, training_threads(options, threads)),
      ranges_(epoch_ranges(data.corpus)),
      predictor_(data.model),
      best_(options, weights, threads),
      meter_(events, data.corpus.token_end.back(), options.args.epoch, threads) {}

void Epochs::run(TrainingResult& result) {
  RangeProgress unfinished;
  for (int epoch = 1; epoch <= options_.args.epoch && !best_.should_stop(epoch - 1); ++epoch) {
    const double begin = meter_.seconds();
    const RangeProgress end = train_epoch(epoch);
    throw_if(requests_.discard);
    if (leaving() && end.tokens < data_.corpus.token_end.back()) {
      result.finished_early = true;
      unfinished = end;
      break;
    }
    finish_epoch(epoch, end, meter_.seconds() - begin, result);
    if (leaving()) {
      result.finished_early = epoch < options_.args.epoch;
      break;
    }
  }
  result.loss = meter_.mean_loss();
  add_times(unfinished, result);
  take_best(result);
  score(result);
}

RangeProgress Epochs::train_epoch(int epoch) {
  RangeProgress done;
  RangePlan plan = plan_epoch(
      data_.corpus, epoch - 1, options_.args.epoch, options_.lr, requests_.leave,
      [&](const RangeProgress& now) { meter_.report(epoch - 1, sum_of(done, now), false); });
  for (const ExampleRange& range : ranges_) {
    if (leaving()) break;
    plan.range = range;
    const RangeResult result = backend_.backend().train(plan);
    if (result.diverged) fail_diverged(epoch, result);
    done = sum_of(done, result.end);
  }
  meter_.report(epoch - 1, done, epoch == options_.args.epoch);
  meter_.finish_epoch(done);
  return done;
}

void Epochs::fail_diverged(int epoch, const RangeResult& end) const {
  throw Error::internal(fmt::format(
      "training diverged in epoch {}, step {} (example {} of {}), at learning rate {:.6g}: the "
      "loss is not a number; lower -lr",
      epoch, (epoch - 1) * data_.corpus.examples() + end.diverged_example + 1,
      end.diverged_example + 1, data_.corpus.examples(), end.diverged_lr));
}

void Epochs::finish_epoch(int epoch, const RangeProgress& end, double seconds,
                          TrainingResult& result) {
  result.epochs = epoch;
  result.best_epoch = epoch;
  EpochReport report;
  report.epoch = epoch;
  report.loss = end.loss_sum / static_cast<double>(std::max<int64_t>(end.examples, 1));
  report.lr = end.lr;
  if (seconds > 0) {
    report.words_per_second = static_cast<double>(data_.model->dictionary.ntokens()) / seconds;
  }
  if (data_.validation) {
    report.validation = validate(predictor_, data_.validation->corpus, {}, threads_);
    report.best = best_.offer(epoch, *report.validation, weights_);
    report.epochs_since_best = epoch - best_.best_epoch();
    result.validation = report.validation;
  }
  if (events_.epoch) events_.epoch(report);
}

void Epochs::add_times(const RangeProgress& unfinished, TrainingResult& result) const {
  const double epochs = result.epochs + static_cast<double>(unfinished.tokens) /
                                            static_cast<double>(data_.corpus.token_end.back());
  result.train_seconds = meter_.seconds();
  if (result.train_seconds <= 0) return;
  result.words_per_second =
      epochs * static_cast<double>(data_.model->dictionary.ntokens()) / result.train_seconds;
}

// Without early stopping the weights stay as they are.
void Epochs::take_best(TrainingResult& result) {
  if (!options_.early_stopping || best_.best_epoch() == 0) return;
  result.best_epoch = best_.best_epoch();
  result.validation = best_.best();
  if (result.best_epoch == result.epochs && !result.finished_early) return;
  weights_.input.copy_from(best_.best_weights().input, threads_);
  weights_.output.copy_from(best_.best_weights().output, threads_);
}

// Weights within an epoch were not scored yet.
void Epochs::score(TrainingResult& result) const {
  const bool scored = options_.early_stopping ? best_.best_epoch() > 0 : !result.finished_early;
  if (data_.validation && !scored) {
    result.validation = validate(predictor_, data_.validation->corpus, {}, threads_);
  }
  if (options_.train_score) {
    result.train = validate(predictor_, data_.corpus, data_.subwords, threads_);
  }
}

}  // namespace wordfire
