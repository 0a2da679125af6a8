// Which paths the server answers itself, and whether a method is one of a path's.
#pragma once

#include <string_view>

#include "serve/service.h"

namespace wordfire::serve {

// /ping, /metrics, and what the service says of all others.
[[nodiscard]] Route route_of(const Service& service, std::string_view path);

// Whether `method` stands in `methods`, such as "GET, HEAD".
[[nodiscard]] bool lists_method(std::string_view methods, std::string_view method);

}  // namespace wordfire::serve
