#include "training_arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/nearest_name.h"
#include "core/option_value.h"

namespace wordfire {
namespace {

// "-dim", "--dim" -> "dim"; "" for what is no flag.
std::string_view flag_name(std::string_view arg) {
  if (arg.size() < 2 || arg[0] != '-') return {};
  arg.remove_prefix(arg.starts_with("--") ? 2 : 1);
  return arg.substr(0, arg.find('='));
}

// The verbs that have an option of this name.
std::vector<std::string_view> verbs_with(std::string_view name) {
  std::vector<std::string_view> verbs;
  for (size_t i = 0; i < kTrainingModes; ++i) {
    const auto mode = static_cast<TrainingMode>(i);
    if (find_option(name, mode) != nullptr) verbs.push_back(verb_of(mode));
  }
  return verbs;
}

[[noreturn]] void refuse_flag(std::string_view name, TrainingMode mode) {
  if (const auto verbs = verbs_with(name); !verbs.empty()) {
    throw Error::usage(
        fmt::format("option -{}: it is for {}, and has no effect in {}; leave it out", name,
                    fmt::join(verbs, " and "), verb_of(mode)));
  }
  std::vector<std::string_view> names;
  for (const OptionRow& row : option_table()) {
    if ((row.modes & mode_set(mode)) != 0) names.push_back(row.flag);
  }
  const std::string_view nearest = nearest_name(name, names);
  throw Error::usage(
      fmt::format("option -{}: there is none of this name; {}", name,
                  nearest.empty() ? "see --help" : fmt::format("did you mean -{}?", nearest)));
}

class Arguments {
 public:
  Arguments(std::span<const std::string> args, TrainingMode mode)
      : args_(args), mode_(mode), options_(default_options(mode)) {}

  Options parse() {
    while (next_ < args_.size()) take_option();
    return options_;
  }

 private:
  void take_option() {
    const std::string& arg = args_[next_++];
    const std::string_view name = flag_name(arg);
    if (name.empty()) {
      throw Error::usage(
          fmt::format(R"(argument "{}": this is no option, want one such as -input)", arg));
    }
    const OptionRow* row = find_option(name, mode_);
    if (row == nullptr) refuse_flag(name, mode_);
    if (const size_t equals = arg.find('='); equals != std::string::npos) {
      set_option(options_, *row, std::string_view(arg).substr(equals + 1));
    } else {
      take_values(*row);
    }
  }

  void take_values(const OptionRow& row) {
    if (row.is_switch()) return set_option(options_, row, "true");
    if (!has_value(row)) {
      throw Error::usage(
          fmt::format("option -{}: no value is given, want {}", row.flag, describe_values(row)));
    }
    set_option(options_, row, args_[next_++]);
    while (row.is_list() && has_value(row)) set_option(options_, row, args_[next_++]);
  }

  // Whether the next argument is a value. One value may begin with a dash (-1), unless it is a
  // known flag; those of a list may not, so that a mistyped flag behind them is found.
  [[nodiscard]] bool has_value(const OptionRow& row) const {
    if (next_ >= args_.size()) return false;
    const std::string_view name = flag_name(args_[next_]);
    return name.empty() || (!row.is_list() && find_option(name, mode_) == nullptr);
  }

  std::span<const std::string> args_;
  TrainingMode mode_;
  Options options_;
  size_t next_ = 0;
};

}  // namespace

Options parse_training_arguments(std::span<const std::string> args, TrainingMode mode) {
  return Arguments(args, mode).parse();
}

}  // namespace wordfire
