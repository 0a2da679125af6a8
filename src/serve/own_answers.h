// What the server answers without asking anybody. Private to the server.
#pragma once

#include <optional>
#include <string_view>

#include "serve/answer.h"
#include "serve/server_parts.h"
#include "serve/service.h"

namespace wordfire::serve {

// To /ping and /metrics, and to a path or method that there is not; none where the service has to
// be asked.
[[nodiscard]] std::optional<Answer> own_answer(const ServerParts& parts, const Route& route,
                                               std::string_view method);

}  // namespace wordfire::serve
