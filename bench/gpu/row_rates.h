// What row_probe has measured of a GPU: written there as a table, read by the benchmarks that name
// the share of a limit.
#pragma once

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "core/error.h"

namespace wordfire {

struct RowRates {
  // Random rows, drawn by Zipf's law, in bytes a second.
  struct Point {
    double row_bytes = 0;
    double table_bytes = 0;
    double read = 0;
    double add = 0;
  };

  double copy = 0;        // bytes read and bytes written a second
  double operations = 0;  // a second, of fused multiply-adds in single precision
  std::vector<Point> points;

  [[nodiscard]] bool empty() const { return points.empty(); }
  // The point of the nearest row and then of the nearest table, by their ratios; all 0 where there
  // is none.
  [[nodiscard]] Point nearest(double row_bytes, double table_bytes) const {
    Point best;
    double least = std::numeric_limits<double>::infinity();
    for (const Point& point : points) {
      constexpr double kRowsFirst = 1000;
      const double apart = kRowsFirst * std::fabs(std::log(point.row_bytes / row_bytes)) +
                           std::fabs(std::log(point.table_bytes / table_bytes));
      if (apart < least) {
        least = apart;
        best = point;
      }
    }
    return best;
  }
};

// Lines of row_probe's output that rates are in; read_row_rates() knows them again.
//   | copy | BYTES/S |
//   | operations | OPERATIONS/S |
//   | rows | ROW BYTES | TABLE MIB | uniform or Zipf | READ BYTES/S | ADD BYTES/S | ...
[[nodiscard]] inline RowRates read_row_rates(std::istream& in) {
  RowRates rates;
  for (std::string line; std::getline(in, line);) {
    for (char& c : line) c = c == '|' ? ' ' : c;
    std::istringstream fields(line);
    std::string what;
    fields >> what;
    if (what == "copy") fields >> rates.copy;
    if (what == "operations") fields >> rates.operations;
    if (what != "rows") continue;
    RowRates::Point point;
    double mebibytes = 0;
    std::string drawn;
    if (!(fields >> point.row_bytes >> mebibytes >> drawn >> point.read >> point.add)) continue;
    point.table_bytes = mebibytes * (1 << 20);
    if (drawn == "Zipf") rates.points.push_back(point);
  }
  return rates;
}

// Empty without a path. Throws Error where the file is not row_probe's output.
[[nodiscard]] inline RowRates read_row_rates(const std::string& path) {
  if (path.empty()) return {};
  std::ifstream file(path);
  if (!file) throw Error::no_input(path + ": cannot be read; want the output of row_probe");
  RowRates rates = read_row_rates(file);
  if (rates.empty()) {
    throw Error::data(path + ": found no rates of rows; want the output of row_probe on a GPU");
  }
  return rates;
}

}  // namespace wordfire
