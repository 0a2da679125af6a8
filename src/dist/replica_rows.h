// Which rows of the weights ranks exchange by which rule, and where those of an exchange lie.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/backend.h"
#include "dist/row_schedule.h"

namespace wordfire {

// Rows that are exchanged by one rule.
struct ReplicaRows {
  bool output = false;  // of the output matrix
  RowRange rows;        // in order of falling frequency,
  bool rising = false;  // or of rising frequency
  int64_t hot = 1;      // see row_schedule.h
  // [rows], in the order of frequency: how strongly training pulls a row to where it is at rest, a
  // token of a share, at a learning rate of 1 and a direction of strength 1.
  std::vector<float> pull;
};

// The rows that are due in exchanges [exchanges.begin, exchanges.end), each once, in as few runs as
// there can be. Numbers below 0 are of exchanges that there never were. longest: see
// row_schedule.h.
[[nodiscard]] std::vector<WeightRows> runs_due(std::span<const ReplicaRows> groups, int64_t longest,
                                               const RowRange& exchanges);

}  // namespace wordfire
