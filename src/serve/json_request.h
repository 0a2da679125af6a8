// What BlazingText's two forms of JSON ask for:
//   application/json       {"instances": ["text", ...], "configuration": {"k": 2}}
//   application/jsonlines  {"source": "text", "k": 2}, one a line
// Names of ours in "configuration": threshold, raw, action. Private to this folder, as
// json_reader.h.
#pragma once

#include <simdjson.h>

#include <string_view>

#include "serve/settings.h"

namespace wordfire::serve {

struct JsonInstances {
  simdjson::dom::array texts;
  Settings settings;
};

// Throws Refused (400) unless `root` is an object with "instances". Names besides the two do not
// matter; within "configuration" one that is not known is refused, since it would have no effect.
[[nodiscard]] JsonInstances read_instances(const simdjson::dom::element& root,
                                           const Settings& defaults);

// The text at `index` of "instances". Throws Refused (400) if it is none.
[[nodiscard]] std::string_view text_of(const simdjson::dom::element& instance, size_t index);

struct JsonSource {
  std::string_view text;
  Settings settings;
};

// One line, or one object of a list in a line. Names besides "source" and "k" do not matter. Throws
// Refused (400).
[[nodiscard]] JsonSource read_source(const simdjson::dom::element& line, const Settings& defaults);

}  // namespace wordfire::serve
