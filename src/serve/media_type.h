// The headers Content-Type and Accept (RFC 9110, 8.3.1 and 12.5.1): what the body is, and what the
// answer shall be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wordfire::serve {

// How a body is written.
enum class Format { kJson, kJsonLines, kText, kCsv };

struct MediaType {
  std::string name;  // "application/json", in lower case
  // Names in lower case, values as they came, quotes removed.
  std::vector<std::pair<std::string, std::string>> parameters;

  // The value of a parameter, or nullopt.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};

// Reads "type/subtype; name=value; ..." leniently, since clients differ in case and blanks: what is
// no parameter is left out.
[[nodiscard]] MediaType parse_media_type(std::string_view header);

// The format that a media type's name stands for.
[[nodiscard]] std::optional<Format> format_of(std::string_view name);

// Whether each type that an Accept names is written, and there is one at least.
[[nodiscard]] bool is_written(std::string_view accept);

// Formats of the two bodies of an exchange.
struct Exchange {
  MediaType type;  // of the request
  Format request = Format::kJson;
  Format answer = Format::kJson;
  std::string answer_type;     // Content-Type of the answer
  bool names_columns = false;  // the first row of a CSV answer holds the names of its columns
};

// Chooses the answer's format as BlazingText does: requests in JSON and JSON lines are answered in
// their own, whatever Accept says, but for text/csv, which BlazingText does not know. Other
// requests are answered in any format that Accept names, in their own if it leaves a choice.
// default_accept stands for an Accept that is not there or says "*/*". Throws Refused: 415 for a
// content type that is not read, 406 for an Accept that names nothing that is written.
[[nodiscard]] Exchange negotiate(std::string_view content_type, std::string_view accept,
                                 std::string_view default_accept);

}  // namespace wordfire::serve
