// What epochs do with several ranks. Each trains its share in rounds (rank_rounds.h); what they do
// together, they do at the ends of rounds.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <type_traits>

#include "core/stopped.h"
#include "train/epochs.h"

namespace wordfire {
namespace {

template <typename T>
void broadcast_value(Communicator& ranks, T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  ranks.broadcast(std::as_writable_bytes(std::span(&value, 1)), 0);
}

void broadcast_matrix(Communicator& ranks, SharedMatrix& matrix) {
  const int64_t bytes = SharedMatrix::bytes_for(matrix.rows(), matrix.dim());
  ranks.broadcast({reinterpret_cast<std::byte*>(matrix.row(0)), static_cast<size_t>(bytes)}, 0);
}

void broadcast_weights(Communicator& ranks, Weights& weights) {
  broadcast_matrix(ranks, weights.input);
  broadcast_matrix(ranks, weights.output);
}

// The end of the run of examples, from the first on, that have `tokens` tokens, or some more.
int64_t end_of_tokens(const Corpus& corpus, int64_t tokens) {
  if (tokens <= 0) return 0;
  const auto& ends = corpus.token_end;
  const int64_t last = std::ranges::lower_bound(ends, tokens) - ends.begin();
  return std::min(last + 1, corpus.examples());
}

}  // namespace

bool Epochs::train_rounds() {
  if (state_.round > 0 && state_.example == 0) {  // resumed
    skip_to(rounds_.border(state_.round, data_.epoch_tokens));
  }
  while (state_.round < rounds_.count) {
    const double begin = meter_.seconds();
    const int64_t before = state_.round;
    const int64_t next = std::min(before + pace_.rounds(), rounds_.count);
    // Rounding leaves nothing over.
    train_to(next == rounds_.count ? std::numeric_limits<int64_t>::max() / 2
                                   : rounds_.border(next, data_.epoch_tokens));
    state_.round = next;
    if (next == rounds_.count && settles_at_end_of_epoch()) break;
    const RankWishes agreed = exchange(next - before, begin);
    if (agreed.leave) agreed_ = agreed;
    if (agreed.leave) return state_.round == rounds_.count;
    if (agreed.checkpoint) write_checkpoint();
  }
  return true;
}

RankWishes Epochs::exchange(int64_t rounds, double begin) {
  const double trained = meter_.seconds();
  const Replicas::Times before = replicas_->times();
  const RankWishes agreed = replicas_->exchange(wishes(), lr_of_round(), rounds);
  const Replicas::Times& after = replicas_->times();
  const double waited = after.waited - before.waited;
  pace_.add(rounds, {.training = trained - begin,
                     .exchange = meter_.seconds() - trained - waited,
                     .under_way = after.under_way - before.under_way});
  if (!agreed.leave) pace_.agree(ranks_);
  return agreed;
}

// take(range of the corpus): for each piece of the text up to `tokens`.
template <typename Take>
void Epochs::take_examples_to(int64_t tokens, Take take) {
  for (;;) {
    const int64_t begin = std::max<int64_t>(state_.example - data_.examples_before, 0);
    const int64_t end = end_of_tokens(data_.corpus, tokens - data_.tokens_before);
    if (end > begin) take(ExampleRange{begin, end});
    if (end < data_.corpus.examples() || !data_.next_piece()) return;
  }
}

// A rank that waits for text in vain when all are to leave goes on with its rounds until they do.
void Epochs::train_to(int64_t tokens) {
  try {
    take_examples_to(tokens, [this](const ExampleRange& range) { (void)train_range(range); });
  } catch (const Stopped&) {
    return;
  }
}

void Epochs::skip_to(int64_t tokens) {
  take_examples_to(tokens, [this](const ExampleRange& range) {
    state_.example = data_.examples_before + range.end;
  });
}

// The same on all ranks, which stand at other tokens.
double Epochs::lr_of_round() const {
  const double epochs =
      state_.epoch + static_cast<double>(state_.round) / static_cast<double>(rounds_.count);
  return options_.lr * std::max(0.0, 1 - epochs / options_.args.epoch);
}

// In deterministic training what is on its way at a checkpoint would change the bits of the rest,
// so there are none within an epoch.
RankWishes Epochs::wishes() const {
  const bool due = checkpoints_ != nullptr && !options_.deterministic && checkpoints_->is_due();
  return {requests_.leave.load(std::memory_order_acquire), requests_.discard.load(), due};
}

// Where the weights are looked at, and where that must not depend on who looks.
bool Epochs::settles_at_end_of_epoch() const {
  return replicas_ && (data_.validation || options_.deterministic ||
                       !options_.checkpoint_dir.empty() || state_.epoch + 1 == options_.args.epoch);
}

void Epochs::settle() {
  if (replicas_) replicas_->settle();
}

void Epochs::write_checkpoint() {
  settle();
  const TrainingState all = state_of_all();
  const bool keeps_bits = !replicas_ || !options_.deterministic || all.in_epoch.tokens == 0;
  if (checkpoints_ != nullptr && keeps_bits) checkpoints_->write(all, best_);
}

TrainingState Epochs::state_of_all() {
  TrainingState all = state_;
  if (!replicas_) return all;
  std::array<double, 4> sums = {static_cast<double>(state_.in_epoch.tokens),
                                static_cast<double>(state_.in_epoch.examples),
                                state_.in_epoch.loss_sum, static_cast<double>(state_.example)};
  ranks_.sum(std::span(sums));
  all.in_epoch.tokens = std::llround(sums[0]);
  all.in_epoch.examples = std::llround(sums[1]);
  all.in_epoch.loss_sum = sums[2];
  all.example = std::llround(sums[3]);
  return all;
}

void Epochs::share_resumed() {
  if (!replicas_) return;
  bool resumed = checkpoints_ != nullptr && !checkpoints_->last().empty();
  broadcast_value(ranks_, resumed);
  if (!resumed) return;
  broadcast_value(ranks_, state_);
  BestEpoch best = best_.best();
  broadcast_value(ranks_, best);
  broadcast_weights(ranks_, weights_);
  if (ranks_.rank() != 0) best_.resume(best, [](Weights&) {});
  if (best_.keeps_weights()) broadcast_weights(ranks_, best_.best_weights());
  replicas_->restart();
  // In this epoch: the first rank keeps what all have done, but for the tokens.
  const double done =
      static_cast<double>(state_.in_epoch.tokens) / static_cast<double>(data_.all_tokens);
  state_.round =
      std::min<int64_t>(std::llround(done * static_cast<double>(rounds_.count)), rounds_.count - 1);
  state_.example = 0;
  if (ranks_.rank() != 0 || state_.round == 0) state_.in_epoch = {};
  state_.in_epoch.tokens = rounds_.border(state_.round, data_.epoch_tokens);
}

void Epochs::add_traffic(TrainingResult& result) {
  result.ranks = ranks_.size();
  if (!replicas_) return;
  const Traffic now = ranks_.traffic();
  std::array<double, 4> sums = {static_cast<double>(now.bytes_sent - traffic_before_.bytes_sent),
                                now.seconds_waited - traffic_before_.seconds_waited,
                                replicas_->times().under_way, replicas_->times().waited};
  ranks_.sum(std::span(sums));
  result.rounds = std::llround(static_cast<double>(rounds_.count) / pace_.mean_rounds());
  result.bytes_sent = std::llround(sums[0]);
  result.seconds_waited = sums[1] / ranks_.size();
  if (sums[2] > 0) result.share_hidden = std::max(0.0, 1 - sums[3] / sums[2]);
}

}  // namespace wordfire
