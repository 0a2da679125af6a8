// One file of training text on its way: lines in the order in which they are added, or shuffled.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "io/atomic_file.h"
#include "io/line_shuffle.h"
#include "io/prepare.h"
#include "io/row_preparer.h"

namespace wordfire {

class TextOutput {
 public:
  // Throws Error (cannot_create).
  explicit TextOutput(const std::string& path) : file_(path) {}

  // Lines will come in the order of their keys. memory, folder, threads: see LineShuffle.
  void shuffle_with(int64_t memory, const std::string& folder, int threads) {
    shuffle_.emplace(memory, folder, threads);
  }

  // Throws Error (io), as the next two.
  void add(const PreparedBlock::Lines& lines);
  // Writes what the shuffle holds. Throws Stopped when `stop` becomes true.
  void drain(const std::atomic<bool>& stop);
  // Gives the file its name.
  PrepareReport::File commit();

  // Bytes that the shuffle could not hold in memory.
  [[nodiscard]] int64_t spilled() const { return shuffle_ ? shuffle_->spilled() : 0; }

 private:
  AtomicFile file_;
  std::optional<LineShuffle> shuffle_;
  int64_t rows_ = 0;
};

}  // namespace wordfire
