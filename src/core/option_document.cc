#include "core/option_document.h"

#include <fmt/format.h>

#include <iterator>

#include "core/option_value.h"

namespace wordfire {
namespace {

struct GroupTitle {
  OptionGroup group;
  std::string_view title;
};
constexpr GroupTitle kGroups[] = {{OptionGroup::kFiles, "Files"},
                                  {OptionGroup::kDictionary, "Words and labels"},
                                  {OptionGroup::kTraining, "Training"},
                                  {OptionGroup::kValidation, "Validation"},
                                  {OptionGroup::kMachine, "Machine"}};

constexpr size_t kHelpColumn = 26;
constexpr size_t kHelpWidth = 110;

// Breaks `text` at blanks; every line after the first is indented to the help column.
std::string wrapped(std::string_view text) {
  std::string out;
  const size_t width = kHelpWidth - kHelpColumn;
  while (text.size() > width) {
    const size_t blank = text.rfind(' ', width);
    if (blank == std::string_view::npos) break;
    fmt::format_to(std::back_inserter(out), "{}\n{:{}}", text.substr(0, blank), "", kHelpColumn);
    text.remove_prefix(blank + 1);
  }
  return out.append(text);
}

std::string help_line(const OptionRow& row, TrainingMode mode) {
  const std::string synopsis = fmt::format("-{} {}", row.flag, value_placeholder(row));
  std::string meaning(row.sentence);
  const std::string_view value = row.default_in(mode);
  if (!value.empty() && !row.is_switch()) meaning += fmt::format(" [{}]", value);
  return fmt::format("  {:<{}}{}\n", synopsis, kHelpColumn - 2, wrapped(meaning));
}

std::string markdown_line(const OptionRow& row, TrainingMode mode) {
  const auto code = [](std::string_view text) {
    return text.empty() ? std::string() : fmt::format("`{}`", text);
  };
  return fmt::format("| `-{}` | {} | {} | {} | {} |\n", row.flag, code(row.hyperparameter),
                     row.is_switch() ? "" : code(row.default_in(mode)), describe_values(row),
                     row.sentence);
}

// title(group) + line(row) for each row of `mode`, group by group.
template <typename Title, typename Line>
std::string by_group(TrainingMode mode, Title title, Line line) {
  std::string out;
  for (const GroupTitle& group : kGroups) {
    if (!out.empty()) out += '\n';
    out += title(group.title);
    for (const OptionRow& row : option_table()) {
      if (row.group == group.group && (row.modes & mode_set(mode)) != 0) out += line(row, mode);
    }
  }
  return out;
}

}  // namespace

std::string options_help(TrainingMode mode) {
  return by_group(
      mode, [](std::string_view title) { return fmt::format("{}:\n", title); }, help_line);
}

std::string options_markdown(TrainingMode mode) {
  const auto title = [](std::string_view text) {
    return fmt::format(
        "{}:\n\n| flag | hyperparameter | default | values | meaning |\n|---|---|---|---|---|\n",
        text);
  };
  return by_group(mode, title, markdown_line);
}

}  // namespace wordfire
