#include "core/option_document.h"

#include <fmt/format.h>

#include <algorithm>
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
                                  {OptionGroup::kCheckpoints, "Checkpoints and curves"},
                                  {OptionGroup::kMachine, "Machine"}};

std::string_view title_of(OptionGroup group) {
  for (const GroupTitle& entry : kGroups) {
    if (entry.group == group) return entry.title;
  }
  return {};
}

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

std::string in_code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", text);
}

// "no" where a mode does not have the option; a switch is off unless it is given.
std::string default_cell(const OptionRow& row, TrainingMode mode) {
  if ((row.modes & mode_set(mode)) == 0) return "no";
  return row.is_switch() ? "off" : in_code(row.default_in(mode));
}

// The name, and the defaults of jobs where they are others.
std::string hyperparameter_cell(const OptionRow& row) {
  std::string cell = in_code(row.hyperparameter.name);
  const auto add = [&](TrainingMode mode, std::string_view name) {
    const std::string_view other = row.hyperparameter.defaults[static_cast<size_t>(mode)];
    if (!other.empty()) cell += fmt::format(", {} in `{}`", in_code(other), name);
  };
  add(TrainingMode::kSupervised, "supervised");
  add(TrainingMode::kBatchSkipgram, "batch_skipgram");
  return cell;
}

std::string markdown_line(const OptionRow& row) {
  // Skipgram and CBOW have the same options and defaults.
  return fmt::format(
      "| `-{}` | {} | {} | {} | {} | {} | {} |\n", row.flag, hyperparameter_cell(row),
      default_cell(row, TrainingMode::kSupervised), default_cell(row, TrainingMode::kSkipgram),
      default_cell(row, TrainingMode::kBatchSkipgram), describe_values(row), row.sentence);
}

// title(group) + line(row) for each row that is wanted, group by group.
template <typename Wanted, typename Title, typename Line>
std::string by_group(Wanted wanted, Title title, Line line) {
  std::string out;
  for (const GroupTitle& group : kGroups) {
    if (!out.empty()) out += '\n';
    out += title(group.title);
    for (const OptionRow& row : option_table()) {
      if (row.group == group.group && wanted(row)) out += line(row);
    }
  }
  return out;
}

}  // namespace

std::string options_help(TrainingMode mode) {
  const auto has_option = [mode](const OptionRow& row) {
    return (row.modes & mode_set(mode)) != 0;
  };
  const auto has_group = [&](std::string_view title) {
    return std::ranges::any_of(option_table(), [&](const OptionRow& row) {
      return has_option(row) && title_of(row.group) == title;
    });
  };
  return by_group(
      has_option,
      [&](std::string_view title) {
        return has_group(title) ? fmt::format("{}:\n", title) : std::string();
      },
      [mode](const OptionRow& row) { return help_line(row, mode); });
}

std::string options_markdown() {
  const auto title = [](std::string_view text) {
    return fmt::format(
        "{}:\n\n| flag | hyperparameter | `supervised` | `skipgram`, `cbow` | `batch-skipgram` | "
        "values | meaning |\n|---|---|---|---|---|---|---|\n",
        text);
  };
  return by_group([](const OptionRow&) { return true; }, title, markdown_line);
}

}  // namespace wordfire
