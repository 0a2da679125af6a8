#include "verb_arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "core/nearest_name.h"
#include "standard_streams.h"

namespace wordfire {

struct VerbArguments::Parser {
  CLI::App app;
  std::string verb;
  std::vector<std::string> flags;

  // CLI11 takes many letters only behind two dashes: -thread becomes --thread.
  [[nodiscard]] std::string with_two_dashes(const std::string& arg) const {
    if (!arg.starts_with('-') || arg.starts_with("--")) return arg;
    const std::string name = arg.substr(1, arg.find('=') - 1);
    return std::ranges::find(flags, name) == flags.end() ? arg : '-' + arg;
  }

  [[noreturn]] void refuse_flag(std::string_view arg) const {
    const std::string_view name = arg.substr(std::min(arg.find_first_not_of('-'), arg.size()));
    const std::vector<std::string_view> known(flags.begin(), flags.end());
    const std::string_view nearest = nearest_name(name, known);
    throw Error::usage(fmt::format("option {}: wordfire {} has none of this name; {}", arg, verb,
                                   nearest.empty() ? fmt::format("see wordfire {} --help", verb)
                                                   : fmt::format("did you mean -{}?", nearest)));
  }

  void refuse_rest() const {
    const std::vector<std::string> rest = app.remaining();
    if (rest.empty()) return;
    if (rest[0].size() > 1 && rest[0].starts_with('-')) refuse_flag(rest[0]);
    throw Error::usage(
        fmt::format("argument \"{}\": one too many; see wordfire {} --help", rest[0], verb));
  }
};

VerbArguments::VerbArguments(const std::string& verb, const std::string& description)
    : parser_(std::make_unique<Parser>()) {
  parser_->verb = verb;
  parser_->app.name("wordfire " + verb);
  parser_->app.description(description);
  // What is not known is refused by us, with advice.
  parser_->app.allow_extras();
}

VerbArguments::~VerbArguments() = default;

void VerbArguments::required(const std::string& name, std::string& value,
                             const std::string& sentence) {
  parser_->app.add_option(name, value, sentence)->required();
}

void VerbArguments::optional(const std::string& name, std::optional<std::string>& value,
                             const std::string& sentence) {
  parser_->app.add_option_function<std::string>(
      name, [&value](const std::string& text) { value = text; }, sentence);
}

void VerbArguments::option(const std::string& name, std::optional<std::string>& value,
                           const std::string& sentence) {
  parser_->flags.push_back(name);
  optional("--" + name, value, sentence);
  parser_->app.get_option("--" + name)->take_last();  // as for training
}

void VerbArguments::list(const std::string& name, std::vector<std::string>& values,
                         const std::string& sentence) {
  parser_->flags.push_back(name);
  parser_->app.add_option("--" + name, values, sentence);
}

void VerbArguments::toggle(const std::string& name, bool& value, const std::string& sentence) {
  parser_->flags.push_back(name);
  parser_->app.add_flag("--" + name, value, sentence);
}

bool VerbArguments::parse(std::span<const std::string> args) {
  std::vector<std::string> reversed;  // CLI11 takes them from the back
  for (const std::string& arg : args) reversed.push_back(parser_->with_two_dashes(arg));
  std::ranges::reverse(reversed);
  try {
    parser_->app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    write_stdout(parser_->app.help());
    return false;
  } catch (const CLI::ArgumentMismatch& error) {
    // "--thread: 1 required TEXT missing"
    const std::string_view what = error.what();
    const std::string_view flag = what.substr(what.find_first_not_of('-'));
    throw Error::usage(
        fmt::format("option -{}: no value is given, want one; see wordfire {} --help",
                    flag.substr(0, flag.find(':')), parser_->verb));
  } catch (const CLI::ConversionError& error) {
    // "Could not convert: --json = abc"
    const std::string_view what = error.what();
    throw Error::usage(fmt::format("option -{}, want no value; see wordfire {} --help",
                                   what.substr(std::min(what.find("--"), what.size() - 2) + 2),
                                   parser_->verb));
  } catch (const CLI::ParseError& error) {
    throw Error::usage(
        fmt::format("{}: {}; see wordfire {} --help", parser_->verb, error.what(), parser_->verb));
  }
  parser_->refuse_rest();
  return true;
}

}  // namespace wordfire
