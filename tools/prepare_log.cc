#include "prepare_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "standard_streams.h"

namespace wordfire {
namespace {

using Class = std::pair<std::string_view, int64_t>;

// All but those that are 0: "3 blank, 1 without label".
std::string format_losses(const RowCounts& counts) {
  const std::pair<int64_t, std::string_view> losses[] = {
      {counts.left_out, "left out by -keep"}, {counts.no_label, "without label"},
      {counts.no_text, "without text"},       {counts.bad, "unreadable"},
      {counts.blank, "blank lines"},
  };
  std::string text;
  for (const auto& [count, name] : losses) {
    if (count > 0) text += fmt::format(", {} {}", count, name);
  }
  return text;
}

std::string format_some(const Class* begin, const Class* end) {
  std::string text;
  for (const Class* each = begin; each != end; ++each) {
    text += fmt::format("{}{} {}", each == begin ? "" : ", ", each->first, each->second);
  }
  return text;
}

std::string format_classes(const ClassCounts& counts) {
  constexpr size_t kShown = 5;
  std::vector<Class> classes(counts.begin(), counts.end());
  std::stable_sort(classes.begin(), classes.end(),
                   [](const Class& a, const Class& b) { return a.second > b.second; });
  const Class* begin = classes.data();
  const Class* end = begin + classes.size();
  const std::string head = fmt::format("classes {}: ", classes.size());
  if (classes.size() <= 2 * kShown) return head + format_some(begin, end) + '\n';
  return head + format_some(begin, begin + kShown) + ", ..., " + format_some(end - kShown, end) +
         '\n';
}

std::string format_file(const PrepareReport::File& file) {
  if (file.rows == 0) return fmt::format("wrote {}\n", file.path);
  return fmt::format("wrote {}: {} lines, {:.1f} MB\n", file.path, file.rows,
                     static_cast<double>(file.bytes) * 1e-6);
}

}  // namespace

std::string format_prepare_report(const PrepareReport& report) {
  const RowCounts& counts = report.counts;
  std::string text = fmt::format("rows {}: {} kept{}\n", counts.rows, counts.train + counts.test,
                                 format_losses(counts));
  text += format_classes(report.classes);
  for (const std::string& fault : report.faults) text += "skipped: " + fault + '\n';
  for (const std::string& warning : report.warnings) text += "warning: " + warning + '\n';
  for (const PrepareReport::File& file : report.files) text += format_file(file);
  return text;
}

std::function<void(const PrepareProgress&)> PrepareLog::listener() {
  return [this](const PrepareProgress& progress) {
    const auto now = Clock::now();
    if (now - last_ < std::chrono::seconds(1)) return;
    last_ = now;
    line_open_ = true;
    write_stderr(fmt::format("\rRead {:.0f} MB, {} rows",
                             static_cast<double>(progress.bytes_read) * 1e-6, progress.rows));
  };
}

void PrepareLog::finish(const PrepareReport& report) {
  end_line();
  write_stderr(format_prepare_report(report));
}

void PrepareLog::end_line() {
  if (std::exchange(line_open_, false)) write_stderr("\n");
}

}  // namespace wordfire
