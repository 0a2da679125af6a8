// JSON documents of requests, read whole and strictly before anything in them is used (simdjson):
// valid UTF-8, numbers in range, no name twice in an object, at most 1,024 levels. Private to this
// folder, since the library's header is large.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace wordfire::serve {

class JsonReader {
 public:
  // Has the library choose its code for this processor now: that takes memory, and whoever reads
  // cannot be told that there is none.
  JsonReader();

  // The root of the document; it lives until the next read(). Memory: up to 14 times the document,
  // most of which is touched by documents of many short values alone. Throws Refused (400) with
  // what is wrong, bad_alloc.
  [[nodiscard]] simdjson::dom::element read(std::string_view json);

 private:
  simdjson::dom::parser parser_;
};

// "; it was serialised twice, ..." for a string that is JSON itself, which clients send that
// serialise what their library will serialise again; else empty.
[[nodiscard]] std::string_view serialised_twice(const simdjson::dom::element& value);

}  // namespace wordfire::serve
