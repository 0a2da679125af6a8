// The words around the centre while the window passes over a line. A word's vector is read when it
// comes into reach of the window, moved in each step by the warp alone, and what it has moved is
// added to its rows once, when the window has passed: a row is read and written once a word, not
// once a window (FULL-W2V, arXiv:2312.07743, "lifetime reuse of context words"; here with windows
// of any width, and with character n-grams).
#pragma once

#include <cstdint>

#include "cuda/crowd_share.h"
#include "cuda/row_lanes.h"
#include "cuda/word_scratch.h"
#include "cuda/word_text.h"

namespace wordfire {

// sums: vectors are sums of their rows (CBOW), not means (skipgram).
template <class Warp, int parts, bool sums>
class WordWindow {
 public:
  using Access = RowAccess<Warp, parts>;
  using Row = typename Access::Row;

  WORDFIRE_WARP WordWindow(const WordVectorTables& tables, const WordScratch& scratch)
      : tables_(tables), scratch_(scratch), access_(tables.width), slots_(word_slots(tables.ws)) {}

  WORDFIRE_WARP void begin_line() {
    entered_ = 0;
    left_ = 0;
    slot_of_left_ = 0;
  }
  // Reads the vectors of positions [entered, end).
  WORDFIRE_WARP void enter(int32_t end) {
    Warp::sync();  // all lanes have read what the slots held
    for (; entered_ < end; ++entered_) {
      const int32_t slot = slot_of(entered_);
      const Rows rows = rows_of(scratch_.kept[entered_]);
      Row vector = gather(rows);
      Warp::each([&](int lane) {
        if (lane == 0) scratch_.rows[slot] = rows.size;
      });
      access_.store_own(now(slot), vector);
      access_.store_own(first(slot), vector);
    }
    Warp::sync();
  }
  // Writes back those of positions [left, end). crowd: other warps, times the learning rate.
  WORDFIRE_WARP void leave(int32_t end, float crowd) {
    for (; left_ < end; ++left_) {
      const Rows rows = rows_of(scratch_.kept[left_]);
      Row moved = access_.load_own(now(slot_of_left_));
      Access::add(moved, -1, access_.load_own(first(slot_of_left_)));
      if (sums && rows.size > 1)
        moved = Access::scaled(moved, 1.0f / static_cast<float>(rows.size));
      scatter(rows, moved, crowd);
      slot_of_left_ = slot_of_left_ + 1 == slots_ ? 0 : slot_of_left_ + 1;
    }
  }

  // position: entered, not left.
  [[nodiscard]] WORDFIRE_WARP Row load(int32_t position) const {
    return access_.load_own(now(slot_of(position)));
  }
  WORDFIRE_WARP void store(int32_t position, const Row& vector) const {
    access_.store_own(now(slot_of(position)), vector);
  }
  // Input rows that the vector of a position consists of.
  [[nodiscard]] WORDFIRE_WARP int32_t rows(int32_t position) const {
    return scratch_.rows[slot_of(position)];
  }
  [[nodiscard]] WORDFIRE_WARP const Access& access() const { return access_; }

 private:
  // A word's rows: ids, or where that is null the one row of the word.
  struct Rows {
    const int32_t* ids;
    int32_t size;
    int32_t word;
    [[nodiscard]] WORDFIRE_WARP int32_t get(int32_t i) const {
      return ids == nullptr ? word : ids[i];
    }
  };
  [[nodiscard]] WORDFIRE_WARP Rows rows_of(int32_t word) const {
    if (tables_.subword_end == nullptr) return {nullptr, 1, word};
    const int64_t begin = word == 0 ? 0 : tables_.subword_end[word - 1];
    return {tables_.subword_rows + begin, static_cast<int32_t>(tables_.subword_end[word] - begin),
            word};
  }
  [[nodiscard]] WORDFIRE_WARP float* row(int32_t id) const {
    return access_.row(tables_.input, id);
  }
  [[nodiscard]] WORDFIRE_WARP Row gather(const Rows& rows) const {
    if (rows.size == 1) return access_.load_shared(row(rows.get(0)));
    Row sum = Access::zero();
    for (int32_t i = 0; i < rows.size; ++i) {
      Access::add(sum, 1, access_.load_shared(row(rows.get(i))));
    }
    return sums ? sum : Access::scaled(sum, 1.0f / static_cast<float>(rows.size));
  }
  WORDFIRE_WARP void scatter(const Rows& rows, const Row& moved, float crowd) const {
    for (int32_t i = 0; i < rows.size; ++i) {
      const int32_t id = rows.get(i);
      const float share = crowd_share(crowd * tables_.input_crowds[id]);
      access_.add_to_shared(row(id), Access::scaled(moved, share));
    }
  }

  // Of a position that is entered and not left, or the next to enter.
  [[nodiscard]] WORDFIRE_WARP int32_t slot_of(int32_t position) const {
    const int32_t slot = slot_of_left_ + (position - left_);
    return slot < slots_ ? slot : slot - slots_;
  }
  [[nodiscard]] WORDFIRE_WARP float* now(int32_t slot) const {
    return scratch_.now + static_cast<int64_t>(slot) * tables_.width;
  }
  [[nodiscard]] WORDFIRE_WARP float* first(int32_t slot) const {
    return scratch_.first + static_cast<int64_t>(slot) * tables_.width;
  }

  const WordVectorTables& tables_;
  WordScratch scratch_;
  Access access_;
  int32_t slots_;
  int32_t entered_ = 0;
  int32_t left_ = 0;
  int32_t slot_of_left_ = 0;
};

}  // namespace wordfire
