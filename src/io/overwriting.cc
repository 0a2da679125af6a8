#include "io/overwriting.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"

namespace wordfire {
namespace {

// What a file is, whatever it is called: device and number.
using Identity = std::pair<dev_t, ino_t>;

std::optional<Identity> identity_of(const std::string& path) {
  struct stat status {};
  const int failed = path == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(path.c_str(), &status);
  if (failed != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return Identity(status.st_dev, status.st_ino);
}

}  // namespace

void refuse_overwriting(std::span<const std::string> inputs, std::span<const std::string> outputs) {
  std::vector<std::pair<Identity, const std::string*>> taken;
  for (const std::string& output : outputs) {
    if (const auto identity = identity_of(output)) taken.emplace_back(*identity, &output);
  }
  if (taken.empty()) return;
  for (const std::string& input : inputs) {
    const auto identity = identity_of(input);
    if (!identity) continue;
    const auto same = std::find_if(taken.begin(), taken.end(),
                                   [&](const auto& output) { return output.first == *identity; });
    if (same == taken.end()) continue;
    const std::string& output = *same->second;
    throw Error::usage(fmt::format("{}: both input{} and output, want another name for the output",
                                   output, input == output ? "" : fmt::format(" (as {})", input)));
  }
}

}  // namespace wordfire
