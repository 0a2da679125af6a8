#include "train/epochs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

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

int64_t range_tokens_of(const Options& options, const TrainingData& data, Device device) {
  if (data.corpus.examples() == 0) return kRangeTokens;  // a rank's share
  const double tokens_of_example = static_cast<double>(data.corpus.token_end.back()) /
                                   static_cast<double>(data.corpus.examples());
  return range_tokens(options, tokens_of_example, data.output_rows(), device);
}

// What was done before a range, and the range's own part.
RangeProgress sum_of(const RangeProgress& before, const RangeProgress& range) {
  return {before.tokens + range.tokens, before.examples + range.examples,
          before.loss_sum + range.loss_sum, range.lr};
}

}  // namespace

Epochs::Epochs(const Options& options, const TrainingEvents& events, const StopRequests& requests,
               TrainingData& data, Weights& weights, Checkpoints* checkpoints, Communicator& ranks,
               DeviceChoice device, int threads)
    : options_(options),
      events_(events),
      requests_(requests),
      data_(data),
      weights_(weights),
      checkpoints_(checkpoints),
      ranks_(ranks),
      threads_(threads),
      backend_(options, data, weights, std::move(device), training_threads(options, threads)),
      range_tokens_(range_tokens_of(options, data, device_kind())),
      predictor_(data.model),
      best_(options, weights, threads),
      meter_(events, state_, data.epoch_tokens, data.all_tokens, options.args.epoch,
             device_kind() == Device::kGpu ? 1 : threads) {
  tell_device();
  if (ranks.size() == 1) return;
  const std::vector<std::string> devices = devices_of_ranks(ranks, backend_.device());
  const std::string line = devices_line(ranks, devices);
  if (events.device && !line.empty()) events.device(line);
  rounds_ = plan_rounds(options, data, ranks.size(), device_of_all(devices));
  pace_ = RoundPace(rounds_.most_at_once);
  replicas_.emplace(
      ranks, backend_.backend(), weights, rounds_.rows, rounds_.longest,
      static_cast<double>(data.all_tokens) / ranks.size() / static_cast<double>(rounds_.count),
      options.half_traffic ? SumPrecision::kHalf : SumPrecision::kSingle, threads);
}

void Epochs::tell_device() const {
  const DeviceChoice& device = backend_.device();
  const auto& tell = device.is_warning ? events_.warning : events_.device;
  if (tell && !device.line.empty()) tell(device.line);
}

void Epochs::run(TrainingResult& result) {
  if (checkpoints_ != nullptr) checkpoints_->resume(state_, best_);
  share_resumed();
  traffic_before_ = ranks_.traffic();
  meter_.start();
  while (!is_done() && !leaving()) train_epoch();
  settle();
  give_weights();
  state_.seconds = meter_.seconds();
  result.epochs = result.best_epoch = state_.epoch;
  result.finished_early = !is_done();
  const bool saves_all = is_done() && !discarding();
  if (leaving() && !saves_all) write_checkpoint();
  if (discarding()) throw Stopped();
  result.loss = state_of_all().mean_loss();
  add_traffic(result);
  result.validation = state_.validation;
  add_times(result);
  take_best(result);
  score(result);
}

void Epochs::train_epoch() {
  const double begin = meter_.seconds();
  const int64_t done_before = state_.in_epoch.tokens;
  try {
    begin_pass();
    if (!(replicas_ ? train_rounds() : train_pieces())) return;
  } catch (const Stopped&) {
    return;  // while text was awaited
  }
  warn_of_change();
  meter_.report(state_.in_epoch, state_.epoch + 1 == options_.args.epoch);
  const double share = 1 - static_cast<double>(done_before) /
                               static_cast<double>(std::max<int64_t>(data_.epoch_tokens, 1));
  const double seconds = std::max(meter_.seconds() - begin, 1e-9);
  finish_epoch(share * static_cast<double>(data_.model->dictionary.ntokens()) / seconds);
}

// A rank that waits for text in vain when all are to leave takes part until they do.
void Epochs::begin_pass() {
  const bool is_first = std::exchange(at_first_pass_, false);
  if (!data_.pieces || is_first) return;
  try {
    data_.begin_pass();
  } catch (const Stopped&) {
    if (!replicas_) throw;
    data_.corpus = Corpus();
  }
}

bool Epochs::train_pieces() {
  do {
    if (!train_corpus()) return false;
  } while (data_.next_piece());
  return true;
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
          .examples_before = data_.examples_in_front + data_.examples_before,
          .tokens_before = data_.tokens_before,
          .stop = checkpoints_ == nullptr && !replicas_ ? requests_.leave : to_end_,
          .progress = [this](const RangeProgress& now) {
            ranks_.take_step();
            meter_.report(sum_of(state_.in_epoch, now), false);
          }};
}

// A checkpoint can be written, and ranks can leave, at the end of a range alone, so that a range is
// then trained to its end.
bool Epochs::train_range(const ExampleRange& range) {
  const Corpus& corpus = data_.corpus;
  const WatchedWork watched(ranks_);
  const RangeResult result = backend_.backend().train(plan_of(range));
  if (result.diverged) fail_diverged(result);
  state_.in_epoch = sum_of(state_.in_epoch, result.end);
  if (result.end.tokens < corpus.tokens_before(range.end) - corpus.tokens_before(range.begin)) {
    return false;
  }
  state_.example = data_.examples_before + range.end;
  if (checkpoints_ != nullptr && !replicas_ && checkpoints_->is_due() &&
      (data_.pieces || range.end < corpus.examples())) {
    give_weights();
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
  if (settles_at_end_of_epoch()) settle();
  if (shows_weights()) give_weights();
  state_ = state_of_all();
  const RangeProgress end = state_.in_epoch;
  state_.finish_epoch();
  const int epoch = state_.epoch;
  EpochReport report;
  report.epoch = epoch;
  report.loss = end.loss_sum / static_cast<double>(std::max<int64_t>(end.examples, 1));
  report.lr = end.lr;
  report.words_per_second = words_per_second;
  if (data_.validation) {
    report.validation = validation_score();
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
  const double epochs =
      state_.epoch + static_cast<double>(state_.in_epoch.tokens) /
                         static_cast<double>(std::max<int64_t>(data_.epoch_tokens, 1));
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
    result.validation = validation_score();
  }
  if (options_.train_score) score_training_text(result);
}

// Each rank scores a part of a text that all have.
ValidationScore Epochs::validation_score() {
  const Corpus& corpus = data_.validation->corpus;
  const int64_t n = corpus.examples();
  ExampleRange range{0, n};
  if (!options_.sharded_validation) {
    range = {n * ranks_.rank() / ranks_.size(), n * (ranks_.rank() + 1) / ranks_.size()};
  }
  TextScore score;
  score.add(corpus, range, validate(predictor_, corpus, {}, range, threads_));
  return *score.result(ranks_);
}

// A text in pieces is read once more. Where that cannot be, its last piece stands for it.
void Epochs::score_training_text(TrainingResult& result) {
  if (data_.all_examples == 0) result.train = score_of_one_more_pass().result(ranks_);
  if (result.train) return;
  TextScore score;
  add_corpus(score);
  result.train = score.result(ranks_);
  result.train_is_estimate = data_.all_examples == 0;
}

void Epochs::add_corpus(TextScore& score) {
  const ExampleRange all{0, data_.corpus.examples()};
  score.add(data_.corpus, all, validate(predictor_, data_.corpus, data_.subwords, all, threads_));
}

// Fails where the pass is not there or breaks off: no model that is trained is lost for a score.
TextScore Epochs::score_of_one_more_pass() {
  TextScore score;
  try {
    if (data_.pieces && (leaving() || !data_.pieces->has_next_pass())) throw Stopped();
    if (data_.pieces) data_.begin_pass();
    do {
      add_corpus(score);
    } while (data_.next_piece());
  } catch (const Stopped&) {
    score.fail();
  } catch (const Error& error) {
    if (events_.warning) events_.warning(error.what());
    score.fail();
  }
  return score;
}

}  // namespace wordfire
