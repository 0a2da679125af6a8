// Keeps the weights of the ranks together while each trains on its part of the text.
//
// Every rank remembers, for each row, the value that all ranks last agreed on: the base. In each
// round it sends how far some rows have come since (row_schedule.h), trains on, and at the end of
// the round adds what the others did. Rows that no rank has moved are not sent: each round's
// message says which rows of the next one its sender has moved.
//
// The moves d_r of a row become one move, their sum S times a factor that differs by direction
// (curvature.h). Along each direction it is the larger one of
//   - (1 - exp(-a N)) / (N (1 - exp(-a))), N ranks: the way that one process would have gone.
//     Training pulls a row to where it rests; in the time between two exchanges a rank takes it the
//     part 1 - exp(-a) of the way, and one process with N times the text would take it 1 - exp(-a
//     N) of it. Far from rest a is small, and moves are added: so it is for rare rows, and for most
//     directions of frequent ones. Along the few directions that all rows share, frequent rows come
//     to rest in every round, where each rank has gone the whole way by itself: moves are averaged.
//     a = lr * (tokens since the last exchange) * pull * strength of the direction, a second-order
//     estimate: rank_rounds.cc gives pull.
//   - min(1, sum of |d_r|^2 / |S|^2): moves that have nothing to do with each other are added
//     whatever a is. This is the model combiner of Maleki et al. (GraphWord2Vec, IPDPS 2021; as
//     "Adasum" arXiv:2006.02924, eq. 4), for any number of moves at once and in no order, so that a
//     sum over all ranks is enough to compute it.
// The mean alone learns too slowly, the sum alone diverges, the combiner alone lies between the
// mean and this, and one factor for all directions does too much of either; bench/RESULTS.md has
// the numbers. The learning rate is that of one process at the same place of the text.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/backend.h"
#include "dist/communicator.h"
#include "dist/curvature.h"
#include "dist/replica_rows.h"

namespace wordfire {

// What ranks wish and agree on: the ends of rounds are the places where they act together.
struct RankWishes {
  bool leave = false;
  bool discard = false;
  bool checkpoint = false;
};

class Replicas {
 public:
  // weights: the backend's, equal on all ranks now. rows: all that are trained, equal on all ranks.
  // longest: exchanges between two of a row. tokens: of a share, in a round. Ranks, backend and
  // weights outlive this object.
  Replicas(Communicator& ranks, Backend& backend, Weights& weights, std::vector<ReplicaRows> rows,
           int64_t longest, double tokens, SumPrecision precision, int threads);
  ~Replicas();

  // At the end of a round, or of several. Takes over what was sent the last time, and sends what is
  // due now. lr: now; rounds: since the last time; both equal on all ranks. Returns what any rank
  // has wished the last time.
  RankWishes exchange(const RankWishes& mine, double lr, int64_t rounds = 1);

  // Makes the weights of all ranks equal, and waits for it.
  void settle();

  // The weights of all ranks are equal, and other than before.
  void restart();

  // Of sums in the background: how long they took, and how much of it this rank has waited.
  struct Times {
    double under_way = 0;
    double waited = 0;
  };
  [[nodiscard]] const Times& times() const { return times_; }

 private:
  class Message;
  struct MoveScratch;
  struct Row {
    bool output;
    int64_t row;
    float pull;
  };
  // Rows that stand for all of a matrix, and how often each is met.
  struct Sample {
    std::vector<int64_t> rows;
    std::vector<float> weights;
  };

  [[nodiscard]] SharedMatrix& weights_of(const Row& row);
  [[nodiscard]] SharedMatrix& base_of(const Row& row);
  // range: of the group's rows, in the order of frequency.
  void append(const ReplicaRows& group, const RowRange& range, std::vector<Row>& rows) const;
  [[nodiscard]] std::vector<Row> due_in(int64_t exchange) const;
  [[nodiscard]] std::vector<Row> all_rows() const;
  [[nodiscard]] std::vector<float> moved_flags(const std::vector<Row>& rows);
  [[nodiscard]] std::vector<Row> moved_rows(const std::vector<Row>& rows, const float* flags) const;
  void put_moves(const std::vector<Row>& rows, float* out);
  void take_sample(const ReplicaRows& group);
  void look();
  // Forgets what was seen: of weights that are equal on all ranks, a job that goes on with them
  // sees what one sees that was resumed there.
  void look_afresh();
  // Asks for the values of rows[at], if there is one.
  void fetch(const std::vector<Row>& rows, size_t at);
  void take_moves(const std::vector<Row>& rows, const float* own, const float* sums);
  // Computes scratch.move.
  void combine(const Row& row, MoveScratch& scratch) const;
  [[nodiscard]] float way_of(const Row& row) const;
  void take_pending();
  void settle_rows(const std::vector<Row>& rows);

  Communicator& ranks_;
  Backend& backend_;
  Weights& weights_;
  Weights base_;
  std::vector<ReplicaRows> rows_;
  int64_t longest_;
  double tokens_;
  double lr_ = 0;
  std::array<Curvature, 2> curvature_;  // of what pulls at input rows, and at output rows
  std::array<Sample, 2> samples_;       // of input rows, and of output rows
  // The round, of each input and output row, at whose end its moves were sent last.
  std::array<std::vector<int32_t>, 2> exchanged_;
  SumPrecision precision_;
  int threads_;
  int32_t dim_;
  int64_t rows_in_flag_;   // whose flags fit one number
  int64_t exchange_ = 0;   // the next one's number
  int64_t round_ = 0;      // rounds that were trained before the last one
  std::vector<Row> next_;  // moved by any rank, and due in the next exchange
  std::unique_ptr<Message> pending_;
  RankWishes agreed_;
  Times times_;
};

}  // namespace wordfire
