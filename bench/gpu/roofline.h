// What training takes, counted: rows that are read and added to, and operations; and which of a
// GPU's limits, as row_probe has measured them, that comes nearest to (Williams et al. 2009,
// "Roofline"). tests/cuda/roofline_test.cc compares the counts with what the kernels' own text
// does.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <sstream>
#include <string>

#include "bench/gpu/row_rates.h"
#include "cuda/text_tables.h"

namespace wordfire {

struct Work {
  double reads = 0;       // rows
  double adds = 0;        // rows
  double operations = 0;  // of a score 2 dim, of a move 2 dim

  Work& operator+=(const Work& more) {
    reads += more.reads;
    adds += more.adds;
    operations += more.operations;
    return *this;
  }
  [[nodiscard]] Work times(double factor) const {
    return {reads * factor, adds * factor, operations * factor};
  }
};

// The mean of sum over centres c in [0, n) of min(c, b) + min(n - 1 - c, b), b drawn from [1, ws]:
// how many words stand in the windows of a line of n words. ws + 1 times n on a long line.
[[nodiscard]] inline double window_words(int64_t n, int32_t ws) {
  double sum = 0;
  for (int64_t b = 1; b <= ws; ++b) {
    const int64_t m = std::max<int64_t>(std::min(b, n - 1), 0);
    const int64_t full = std::max<int64_t>(n - 1 - m, 0);  // centres with b words on a side
    sum += static_cast<double>(m * (m + 1) + 2 * full * b);
  }
  return sum / ws;
}

// Of how many steps the windows of a line consist, whose inputs share negatives `batch` at a time.
[[nodiscard]] inline double window_steps(int64_t n, int32_t ws, int32_t batch) {
  if (n < 2) return 0;
  if (batch <= 0) return static_cast<double>(n);
  double sum = 0;
  for (int64_t b = 1; b <= ws; ++b) {
    for (int64_t c = 0; c < n; ++c) {
      sum += static_cast<double>((std::min(c, b) + std::min(n - 1 - c, b) + batch - 1) / batch);
    }
  }
  return sum / ws;
}

// Word vectors with negative sampling, as ModelArgs names it. batch: of WordVectorTask.
struct WordJob {
  bool cbow = false;
  int32_t dim = 0;
  int32_t ws = 0;
  int32_t neg = 0;
  int32_t batch = 0;
};

// Of a line of which subsampling leaves n words, which have `rows` input rows in all. Each input
// row is read once and added to once a word; of each step target and negatives likewise. Scores
// and the moves of both sides are 6 dim operations a pair; rows of n-grams are added up and moved.
[[nodiscard]] inline Work work_of_line(const WordJob& job, int64_t n, int64_t rows) {
  const double outputs = job.neg + 1.0;
  const double inputs = window_words(n, job.ws);
  const double steps = window_steps(n, job.ws, job.cbow ? 0 : job.batch);
  const auto of_words = static_cast<double>(rows);
  Work work{of_words + steps * outputs, of_words + steps * outputs, 0};
  // CBOW adds the words up, and moves each of them.
  work.operations =
      job.cbow ? job.dim * (6 * steps * outputs + 3 * inputs) : 6 * job.dim * inputs * outputs;
  if (rows > n) work.operations += 2.0 * job.dim * of_words;
  return work;
}

// Output rows that a line with these labels moves: of hierarchical softmax the path of one of them,
// on average.
[[nodiscard]] inline double outputs_of_line(const TextTables& tables,
                                            std::span<const int32_t> labels) {
  if (tables.kind != LossKind::kHierarchicalSoftmax) return static_cast<double>(tables.outputs);
  double sum = 0;
  for (const int32_t label : labels) {
    const auto i = static_cast<size_t>(label);
    sum += static_cast<double>(tables.paths.end[i] - (i == 0 ? 0 : tables.paths.end[i - 1]));
  }
  return sum / static_cast<double>(labels.size());
}

// Of a line of a classifier: `rows` input rows are read, averaged and moved, `outputs` output rows
// are scored, moved and stepped along. is_read_again: output rows do not fit the kernel's memory
// between scoring and moving.
[[nodiscard]] inline Work work_of_text_line(int32_t dim, double rows, double outputs,
                                            bool is_read_again) {
  return {rows + outputs * (is_read_again ? 2 : 1), rows + outputs, dim * (2 * rows + 6 * outputs)};
}

// Whether a kernel with that layout reads so many output rows again to move them.
[[nodiscard]] inline bool is_read_again(const TextLayout& layout, double outputs) {
  return outputs * layout.chunks > layout.kept;
}

// Memory gives sectors of 32 bytes at a time: what reading a row of a classifier takes.
[[nodiscard]] inline double sector_bytes(int32_t dim) {
  constexpr int64_t kSector = 32;
  return static_cast<double>((dim * int64_t{sizeof(float)} + kSector - 1) / kSector * kSector);
}

// A limit, and the share of it that was reached.
struct Bound {
  const char* name;
  double share;
};

// Work that took so many seconds, on rows of row_bytes in tables of table_bytes in all; the nearest
// limit first. Copying counts a row as read from memory and written back once for each read and
// each move of it.
[[nodiscard]] inline std::array<Bound, 4> bounds_of(const Work& work, double seconds,
                                                    double row_bytes, double table_bytes,
                                                    const RowRates& rates) {
  const RowRates::Point at = rates.nearest(row_bytes, table_bytes);
  const auto share = [&](double amount, double rate) {
    return rate > 0 ? amount / rate / seconds : 0;
  };
  std::array<Bound, 4> bounds = {{
      {"adding to rows", share(work.adds * row_bytes, at.add)},
      {"reading rows", share(work.reads * row_bytes, at.read)},
      {"copying", share((work.reads + work.adds) * row_bytes, rates.copy)},
      {"operations", share(work.operations, rates.operations)},
  }};
  std::stable_sort(bounds.begin(), bounds.end(),
                   [](const Bound& a, const Bound& b) { return a.share > b.share; });
  return bounds;
}

// "61 % of adding to rows (copying 40 %, reading rows 33 %, operations 9 %)", for the work of a
// second; a dash without rates.
[[nodiscard]] inline std::string describe(const Work& of_second, double row_bytes,
                                          double table_bytes, const RowRates& rates) {
  if (rates.empty()) return "-";
  const auto bounds = bounds_of(of_second, 1, row_bytes, table_bytes, rates);
  std::ostringstream text;
  text.precision(0);
  text << std::fixed << 100 * bounds[0].share << " % of " << bounds[0].name;
  const char* before = " (";
  for (size_t i = 1; i < bounds.size(); ++i) {
    text << before << bounds[i].name << ' ' << 100 * bounds[i].share << " %";
    before = ", ";
  }
  return text.str() + ")";
}

}  // namespace wordfire
