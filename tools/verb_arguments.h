// Arguments of the verbs that do not train: positions and flags, read by CLI11. Flags are written
// with one dash, as fastText's are, or with two.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wordfire {

class VerbArguments {
 public:
  VerbArguments(const std::string& verb, const std::string& description);
  ~VerbArguments();

  // Declare, in the order of the command line. The targets must live until parse() has returned.
  void required(const std::string& name, std::string& value, const std::string& sentence);
  void optional(const std::string& name, std::optional<std::string>& value,
                const std::string& sentence);
  // -name VALUE
  void option(const std::string& name, std::optional<std::string>& value,
              const std::string& sentence);
  // -name VALUE..., as often as wanted
  void list(const std::string& name, std::vector<std::string>& values, const std::string& sentence);
  // -name alone
  void toggle(const std::string& name, bool& value, const std::string& sentence);

  // Fills the targets. Returns false if help was asked for; it is then printed.
  // Throws Error (usage) for what is missing, unknown or too much.
  [[nodiscard]] bool parse(std::span<const std::string> args);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace wordfire
