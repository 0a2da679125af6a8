// What a line takes on each rung of the ladder.
#pragma once

#include <cstdint>

#include "bench/gpu/ladder_case.h"
#include "bench/gpu/roofline.h"

namespace wordfire::ladder {

// A line of which subsampling leaves n words, each with one row. shared: windows that share
// negatives on the last rung.
[[nodiscard]] inline Work work_of_rung(Rung rung, const WordJob& job, int64_t n, int64_t shared) {
  Work work = work_of_line(job, n, n);  // operations are the same on all
  const double pairs = window_words(n, job.ws);
  const double steps = window_steps(n, job.ws, 0);
  double rows = work.reads;
  if (rung == Rung::kScalarPairs || rung == Rung::kQuadPairs) rows = 2 * pairs * (job.neg + 1);
  if (rung == Rung::kSharedOutputs) rows = pairs + steps * (job.neg + 1);
  if (rung == Rung::kSharedNegatives) {
    rows = 2.0 * static_cast<double>(n) + static_cast<double>((n + shared - 1) / shared * job.neg);
  }
  work.reads = rows;
  work.adds = rows;
  return work;
}

}  // namespace wordfire::ladder
