#include "core/nearest_name.h"

#include <algorithm>
#include <string>
#include <vector>

namespace wordfire {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Optimal string alignment distance (Damerau 1964), row by row.
size_t edits(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> names) {
  constexpr size_t kLongestTyped = 64;  // nobody mistypes more, and the search is quadratic
  constexpr size_t kShortestPart = 4;
  if (typed.empty() || typed.size() > kLongestTyped) return {};
  const std::string wanted = lower(typed);
  size_t fewest = std::max<size_t>(1, wanted.size() / 3) + 1;
  std::string_view nearest;
  for (const std::string_view name : names) {
    const size_t distance = edits(wanted, lower(name));
    if (distance < fewest) {
      fewest = distance;
      nearest = name;
    }
  }
  if (!nearest.empty()) return nearest;
  for (const std::string_view name : names) {
    if (name.size() >= kShortestPart && wanted.find(lower(name)) != std::string::npos) return name;
  }
  return {};
}

}  // namespace wordfire
