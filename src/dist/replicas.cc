#include "dist/replicas.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <utility>

#include "core/parallel.h"

namespace wordfire {
namespace {

constexpr int64_t kGrain = 256;        // rows
constexpr size_t kWishes = 3;          // numbers at the start of a message
constexpr int32_t kDirections = 8;     // that are told apart
constexpr int64_t kSampledRows = 512;  // of a matrix, those that are met most often
constexpr int kFirstLooks = 8;         // steps of an iteration that converges quickly
constexpr size_t kAhead = 8;           // rows on their way from memory

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Sums of these are exact in the given precision, so that flags of several rows can share a number:
// each is a digit to the base ranks + 1.
int64_t digits(int ranks, SumPrecision precision) {
  const double bits = precision == SumPrecision::kSingle ? 24 : 8;
  return std::max<int64_t>(1, static_cast<int64_t>(bits / std::log2(ranks + 1)));
}

// As it arrives when it is sent in this precision.
float rounded(float value, SumPrecision precision) {
  if (precision == SumPrecision::kSingle) return value;
  const auto bits = std::bit_cast<uint32_t>(value);
  return std::bit_cast<float>((bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000u);
}

// By the directions of the moves alone.
float combined_scale(float squares, float of_sum) {
  return of_sum > squares && of_sum > 0 ? squares / of_sum : 1.0f;
}

// Of N moves that each go the same way, the part that leads where one process would be: a row that
// each rank has taken the part 1 - exp(-a) of its way to where it rests would come the part 1 -
// exp(-aN) of it. Nearly 1, the sum, for a row that is far from rest, and 1/N, the mean, for one
// that is there in every round.
float sum_scale(float a, int ranks) {
  if (a < 1e-3f) return 1;
  const auto n = static_cast<float>(ranks);
  return (1 - std::exp(-a * n)) / (n * (1 - std::exp(-a)));
}

float pull_of(const ReplicaRows& group, int64_t row) {
  const auto at = static_cast<size_t>(row - group.rows.begin);
  return group.pull.empty() ? 0.0f : group.pull[at];
}

}  // namespace

// Of one row: what ranks have moved it together, and what comes of that. Buffers as kernels want
// them, zero behind dim, and as a row of a RowsView.
struct Replicas::MoveScratch {
  explicit MoveScratch(int32_t dim)
      : sum(static_cast<size_t>(buffer_width(dim)) + kRowSlack / sizeof(float)), move(sum.size()) {}

  // message: of a row, [dim + 1].
  void take(const float* message, int32_t dim) {
    std::copy_n(message, dim, sum.begin());
    squares = message[dim];
  }

  std::vector<float> sum;
  float squares = 0;  // sum of the moves' squared lengths
  std::vector<float> move;
};

// What is under way: wishes, flags of the rows that are due next, moves of those due now.
class Replicas::Message {
 public:
  std::vector<Row> rows;
  std::vector<Row> next;     // whose flags it has
  std::vector<float> moves;  // this rank's own: [rows, dim + 1]
  size_t flags = 0;          // numbers
  std::unique_ptr<PendingSum> sum;
};

Replicas::Replicas(Communicator& ranks, Backend& backend, Weights& weights,
                   std::vector<ReplicaRows> rows, int64_t longest, double tokens,
                   SumPrecision precision, int threads)
    : ranks_(ranks),
      backend_(backend),
      weights_(weights),
      base_{SharedMatrix(weights.input.rows(), weights.input.dim()),
            SharedMatrix(weights.output.rows(), weights.output.dim())},
      rows_(std::move(rows)),
      longest_(longest),
      tokens_(tokens),
      curvature_{Curvature(weights.input.dim(), kDirections),
                 Curvature(weights.input.dim(), kDirections)},
      precision_(precision),
      threads_(threads),
      dim_(weights.input.dim()),
      rows_in_flag_(digits(ranks.size(), precision)) {
  for (const ReplicaRows& group : rows_) take_sample(group);
  restart();
}

Replicas::~Replicas() = default;

void Replicas::take_sample(const ReplicaRows& group) {
  if (group.rows.begin != 0) return;  // buckets are met as the words are that have them
  Sample& sample = samples_[group.output ? 1 : 0];
  for (int64_t i = 0; i < std::min(group.rows.size(), kSampledRows); ++i) {
    sample.rows.push_back(group.rising ? group.rows.end - 1 - i : i);
    sample.weights.push_back(pull_of(group, i));
  }
}

void Replicas::fetch(const std::vector<Row>& rows, size_t at) {
  if (at >= rows.size()) return;
  weights_of(rows[at]).prefetch_row(rows[at].row);
  base_of(rows[at]).prefetch_row(rows[at].row);
}

SharedMatrix& Replicas::weights_of(const Row& row) {
  return row.output ? weights_.output : weights_.input;
}
SharedMatrix& Replicas::base_of(const Row& row) { return row.output ? base_.output : base_.input; }

void Replicas::append(const ReplicaRows& group, const RowRange& range,
                      std::vector<Row>& rows) const {
  for (int64_t row = range.begin; row < range.end; ++row) {
    const int64_t at = group.rising ? group.rows.begin + group.rows.end - 1 - row : row;
    rows.push_back({group.output, at, pull_of(group, row)});
  }
}

std::vector<Replicas::Row> Replicas::due_in(int64_t exchange) const {
  std::vector<Row> due;
  for (const ReplicaRows& group : rows_) {
    for (const RowRange& range : rows_due(group.rows, group.hot, longest_, exchange)) {
      append(group, range, due);
    }
  }
  return due;
}

std::vector<Replicas::Row> Replicas::all_rows() const {
  std::vector<Row> all;
  for (const ReplicaRows& group : rows_) append(group, group.rows, all);
  return all;
}

std::vector<float> Replicas::moved_flags(const std::vector<Row>& rows) {
  const auto size = static_cast<int64_t>(rows.size());
  std::vector<float> flags(static_cast<size_t>((size + rows_in_flag_ - 1) / rows_in_flag_));
  const auto base = static_cast<float>(ranks_.size() + 1);
  const auto numbers = static_cast<int64_t>(flags.size());
  parallel_for(numbers, kGrain, threads_, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; ++at) {
      float digit = 1;
      for (int64_t i = at * rows_in_flag_; i < std::min(size, (at + 1) * rows_in_flag_); ++i) {
        fetch(rows, static_cast<size_t>(i) + kAhead);
        const Row& row = rows[static_cast<size_t>(i)];
        const float* const value = weights_of(row).row(row.row);
        const bool moved = !std::equal(value, value + dim_, base_of(row).row(row.row));
        if (moved) flags[static_cast<size_t>(at)] += digit;
        digit *= base;
      }
    }
  });
  return flags;
}

std::vector<Replicas::Row> Replicas::moved_rows(const std::vector<Row>& rows,
                                                const float* flags) const {
  std::vector<Row> moved;
  const int64_t base = ranks_.size() + 1;
  int64_t digits = 0;
  for (size_t i = 0; i < rows.size(); ++i, digits /= base) {
    if (static_cast<int64_t>(i) % rows_in_flag_ == 0) digits = std::llround(*flags++);
    if (digits % base != 0) moved.push_back(rows[i]);
  }
  return moved;
}

void Replicas::put_moves(const std::vector<Row>& rows, float* out) {
  parallel_for(static_cast<int64_t>(rows.size()), kGrain, threads_,
               [&](int64_t begin, int64_t end) {
                 for (int64_t i = begin; i < end; ++i) {
                   fetch(rows, static_cast<size_t>(i) + kAhead);
                   const Row& row = rows[static_cast<size_t>(i)];
                   const float* const value = weights_of(row).row(row.row);
                   const float* const base = base_of(row).row(row.row);
                   float* const move = out + i * (dim_ + 1);
                   float squares = 0;
                   for (int32_t k = 0; k < dim_; ++k) {
                     move[k] = rounded(value[k] - base[k], precision_);
                     squares += move[k] * move[k];
                   }
                   move[dim_] = squares;
                 }
               });
}

void Replicas::look() {
  curvature_[0].look_at(base_.output, samples_[1].rows, samples_[1].weights);
  curvature_[1].look_at(base_.input, samples_[0].rows, samples_[0].weights);
}

void Replicas::look_afresh() {
  for (Curvature& each : curvature_) each = Curvature(dim_, kDirections);
  for (int i = 0; i < kFirstLooks; ++i) look();
}

void Replicas::take_moves(const std::vector<Row>& rows, const float* own, const float* sums) {
  look();
  parallel_for(static_cast<int64_t>(rows.size()), kGrain, threads_,
               [&](int64_t begin, int64_t end) {
                 MoveScratch scratch(dim_);
                 for (int64_t i = begin; i < end; ++i) {
                   fetch(rows, static_cast<size_t>(i) + kAhead);
                   const Row& row = rows[static_cast<size_t>(i)];
                   const float* const mine = own + i * (dim_ + 1);
                   scratch.take(sums + i * (dim_ + 1), dim_);
                   combine(row, scratch);
                   float* const value = weights_of(row).row(row.row);
                   float* const base = base_of(row).row(row.row);
                   for (int32_t k = 0; k < dim_; ++k) {
                     base[k] += scratch.move[static_cast<size_t>(k)];
                     value[k] += scratch.move[static_cast<size_t>(k)] - mine[k];
                   }
                   exchanged_[row.output ? 1 : 0][static_cast<size_t>(row.row)] =
                       static_cast<int32_t>(round_);
                 }
               });
}

void Replicas::combine(const Row& row, MoveScratch& scratch) const {
  const Curvature& curvature = curvature_[row.output ? 1 : 0];
  const float a = way_of(row);
  const float* const sum = scratch.sum.data();
  const RowsView alone{reinterpret_cast<const std::byte*>(sum), 1, dim_, 0};
  float of_sum = 0;
  kernels::dot_rows(alone, nullptr, 1, sum, &of_sum);
  const float least = combined_scale(scratch.squares, of_sum);
  const auto scale_of = [&](float strength) {
    return std::max(least, sum_scale(a * strength, ranks_.size()));
  };
  const float rest = scale_of(curvature.rest());
  std::array<float, kDirections> parts;
  curvature.project(sum, parts.data());
  for (int32_t k = 0; k < curvature.directions(); ++k) {
    parts[static_cast<size_t>(k)] *= scale_of(curvature.strength(k)) - rest;
  }
  scratch.move = scratch.sum;
  kernels::scale(scratch.move.data(), dim_, rest);
  curvature.add(parts.data(), scratch.move.data());
}

// But for the strength of a direction.
float Replicas::way_of(const Row& row) const {
  const int32_t last = exchanged_[row.output ? 1 : 0][static_cast<size_t>(row.row)];
  const double tokens = tokens_ * static_cast<double>(std::max<int64_t>(round_ - last, 1));
  return static_cast<float>(row.pull * tokens * lr_);
}

void Replicas::take_pending() {
  if (pending_ == nullptr) return;
  const std::unique_ptr<Message> message = std::move(pending_);
  const double begun = now();
  const double before = ranks_.traffic().seconds_under_way;
  std::vector<float> sums = message->sum->take();
  times_.waited += now() - begun;
  times_.under_way += ranks_.traffic().seconds_under_way - before;
  agreed_ = {sums[0] > 0, sums[1] > 0, sums[2] > 0};
  next_ = moved_rows(message->next, sums.data() + kWishes);
  take_moves(message->rows, message->moves.data(), sums.data() + kWishes + message->flags);
  backend_.take_rows(runs_due(rows_, longest_, {exchange_ - 1, exchange_}));
}

RankWishes Replicas::exchange(const RankWishes& mine, double lr, int64_t rounds) {
  lr_ = lr;
  // Rows that are on their way, due now, and due the next time.
  backend_.give_rows(runs_due(rows_, longest_, {exchange_ - 1, exchange_ + 2}));
  take_pending();
  if (agreed_.leave) return agreed_;
  auto message = std::make_unique<Message>();
  message->rows = std::move(next_);
  message->next = due_in(++exchange_);
  round_ += rounds;
  const std::vector<float> flags = moved_flags(message->next);
  message->flags = flags.size();
  std::vector<float> numbers = {mine.leave ? 1.0f : 0, mine.discard ? 1.0f : 0,
                                mine.checkpoint ? 1.0f : 0};
  numbers.insert(numbers.end(), flags.begin(), flags.end());
  const size_t head = numbers.size();
  numbers.resize(head + message->rows.size() * static_cast<size_t>(dim_ + 1));
  put_moves(message->rows, numbers.data() + head);
  message->moves.assign(numbers.begin() + static_cast<std::ptrdiff_t>(head), numbers.end());
  message->sum = ranks_.start_sum(std::move(numbers), precision_);
  pending_ = std::move(message);
  return std::exchange(agreed_, {});
}

void Replicas::settle() {
  backend_.give_weights();
  take_pending();
  const std::vector<Row> all = all_rows();
  const std::vector<float> flags = ranks_.start_sum(moved_flags(all), precision_)->take();
  const std::vector<Row> moved = moved_rows(all, flags.data());
  // A bound on what is in memory at a time.
  constexpr size_t kNumbers = size_t{8} << 20;
  const size_t most = std::max<size_t>(1, kNumbers / static_cast<size_t>(dim_ + 1));
  for (size_t begin = 0; begin < moved.size(); begin += most) {
    const auto at = moved.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto end = at + static_cast<std::ptrdiff_t>(std::min(most, moved.size() - begin));
    settle_rows({at, end});
  }
  for (auto& rounds : exchanged_)
    std::fill(rounds.begin(), rounds.end(), static_cast<int32_t>(round_));
  look_afresh();
  next_.clear();
  agreed_ = {};
}

void Replicas::settle_rows(const std::vector<Row>& rows) {
  std::vector<float> moves(rows.size() * static_cast<size_t>(dim_ + 1));
  put_moves(rows, moves.data());
  const std::vector<float> own = moves;
  std::vector<float> sums = ranks_.start_sum(std::move(moves), precision_)->take();
  take_moves(rows, own.data(), sums.data());
  for (const Row& row : rows) {  // what rounding has left
    const float* const base = base_of(row).row(row.row);
    std::copy(base, base + dim_, weights_of(row).row(row.row));
  }
}

void Replicas::restart() {
  backend_.give_weights();
  base_.input.copy_from(weights_.input, threads_);
  base_.output.copy_from(weights_.output, threads_);
  exchanged_[0].assign(static_cast<size_t>(weights_.input.rows()), static_cast<int32_t>(round_));
  exchanged_[1].assign(static_cast<size_t>(weights_.output.rows()), static_cast<int32_t>(round_));
  look_afresh();
  next_.clear();
  agreed_ = {};
}

}  // namespace wordfire
