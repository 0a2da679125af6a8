#include "serve/server_paths.h"

#include <algorithm>

namespace wordfire::serve {

Route route_of(const Service& service, std::string_view path) {
  if (path == "/ping") return {Endpoint::kPing, "GET, HEAD"};
  if (path == "/metrics") return {Endpoint::kMetrics, "GET, HEAD"};
  return service.route(path);
}

bool lists_method(std::string_view methods, std::string_view method) {
  constexpr std::string_view kBetween = ", ";
  while (!methods.empty()) {
    const std::string_view first = methods.substr(0, methods.find(kBetween));
    if (first == method) return true;
    methods.remove_prefix(std::min(methods.size(), first.size() + kBetween.size()));
  }
  return false;
}

}  // namespace wordfire::serve
