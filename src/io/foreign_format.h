// Files that are taken for text by mistake, known by their first bytes.
#pragma once

#include <string>
#include <string_view>

namespace wordfire {

// Throws Error (data) when `start`, the first bytes of a source, begins xz, bzip2 or zip data or a
// model of fastText; says what to do. name: of the file, or "-".
void refuse_foreign(std::string_view start, const std::string& name);

}  // namespace wordfire
