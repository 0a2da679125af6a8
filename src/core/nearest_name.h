// "Did you mean": the known name that a mistyped one most likely stands for.
#pragma once

#include <span>
#include <string_view>

namespace wordfire {

// The name in `names` with the fewest edits (insert, delete, replace, swap neighbours; case
// ignored) from `typed`, or one that is a part of it; empty if none is near. The view is one of
// `names`.
[[nodiscard]] std::string_view nearest_name(std::string_view typed,
                                            std::span<const std::string_view> names);

}  // namespace wordfire
