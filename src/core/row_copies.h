// A worker's own copies of the rows that it uses for a while, made when they are first asked for.
// The matrix itself does not change meanwhile; afterwards what the copies have moved is added to
// it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/row_kernels.h"
#include "core/shared_matrix.h"

namespace wordfire {

class RowCopies {
 public:
  // `shared` outlives this object. Takes memory for the copies that are made.
  explicit RowCopies(SharedMatrix& shared);

  // Forgets all copies.
  void clear();
  // The row of copies() that stands for row `id`. Rows of copies() stay where they are.
  [[nodiscard]] int32_t place(int32_t id) {
    const int32_t known = places_[static_cast<size_t>(id)];
    return known >= 0 ? known : copy(id);
  }
  [[nodiscard]] SharedMatrix& copies() { return copies_; }
  // Asks for what place(id) will read.
  void prefetch(int32_t id) const {
    __builtin_prefetch(&places_[static_cast<size_t>(id)]);
    shared_->prefetch_row(id);
  }

  // Turns the copies into what they have moved since they were made. No place() may follow.
  void keep_moves();
  // Calls move(id, values) for each copy.
  template <typename Move>
  void for_each_move(Move move) {
    for (size_t i = 0; i < ids_.size(); ++i) move(ids_[i], copies_.row(static_cast<int64_t>(i)));
  }

 private:
  int32_t copy(int32_t id);
  SharedMatrix* shared_;
  SharedMatrix copies_;
  std::vector<int32_t> places_;  // [rows of the matrix], -1: not copied
  std::vector<int32_t> ids_;     // of the copies
};

// Adds what several workers have moved, each from the same values, to the matrix. Where two moved
// the same row in a similar direction, of the shorter move only the part at right angles to the
// longer one is added: what lies along it both have most likely found out by themselves, and adding
// it up would go too far (after the model combiner of Gill et al., GraphAny2Vec, IPDPS 2021).
class MoveCombiner {
 public:
  explicit MoveCombiner(SharedMatrix& shared);

  // For rows id with id % parts == part; several threads may take different parts at once. `moves`:
  // after keep_moves(), in the order that decides; their values are used up.
  void add(std::span<RowCopies* const> moves, int part, int parts);

 private:
  void combine(float* sum, const float* move) const;

  SharedMatrix* shared_;
  std::vector<float*> sums_;  // [rows]: where the sum of a row's moves grows, or null
};

// The rows that a trainer works on: those of a matrix, or a worker's copies of them.
class TrainedRows {
 public:
  explicit TrainedRows(SharedMatrix& rows) : rows_(&rows) {}
  explicit TrainedRows(RowCopies& copies) : rows_(&copies.copies()), copies_(&copies) {}

  // Where row `id` lies in matrix().
  [[nodiscard]] int32_t place(int32_t id) const { return copies_ ? copies_->place(id) : id; }
  [[nodiscard]] SharedMatrix& matrix() const { return *rows_; }
  [[nodiscard]] float* row(int32_t id) const { return rows_->row(place(id)); }
  [[nodiscard]] bool are_copies() const { return copies_ != nullptr; }
  [[nodiscard]] int32_t dim() const { return rows_->dim(); }
  // `ids` themselves, or their places, which are kept in `places`.
  [[nodiscard]] std::span<const int32_t> places(std::span<const int32_t> ids,
                                                std::vector<int32_t>& places) const {
    if (copies_ == nullptr) return ids;
    places.clear();
    for (const int32_t id : ids) places.push_back(copies_->place(id));
    return places;
  }
  // Asks for a row that will be wanted soon.
  void prefetch(int32_t id) const {
    if (copies_) return copies_->prefetch(id);
    rows_->prefetch_row(id);
  }

 private:
  SharedMatrix* rows_;
  RowCopies* copies_ = nullptr;
};

}  // namespace wordfire
