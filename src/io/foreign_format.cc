#include "io/foreign_format.h"

#include "core/error.h"

namespace wordfire {
namespace {

struct Format {
  std::string_view magic;
  std::string_view found;
  std::string_view advice;
};

constexpr std::string_view kUnpack = "unpack it, or pack it with gzip or zstd";

// bzip2's block size, a digit, is left out of its magic: what follows is that of its first block.
constexpr Format kFormats[] = {
    {std::string_view("\xFD"
                      "7zXZ\0",
                      6),
     "xz data", kUnpack},
    {"BZh", "bzip2 data", kUnpack},
    {std::string_view("PK\x03\x04", 4), "a zip file", kUnpack},
    {"\xBA\x16\x4F\x2F", "a model", "give the text that it was trained on"},
};
constexpr std::string_view kBzip2Block = "1AY&SY";

bool begins(std::string_view start, const Format& format) {
  if (!start.starts_with(format.magic)) return false;
  const size_t digit = format.magic.size();
  return format.magic != "BZh" ||
         (start.size() > digit && start.substr(digit + 1).starts_with(kBzip2Block));
}

}  // namespace

void refuse_foreign(std::string_view start, const std::string& name) {
  for (const Format& format : kFormats) {
    if (!begins(start, format)) continue;
    throw Error::data((name == "-" ? "standard input" : name) + ": " + std::string(format.found) +
                      ", want text; " + std::string(format.advice));
  }
}

}  // namespace wordfire
