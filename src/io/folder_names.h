// Looks into folders, and where paths lead. For servers: unlike std::filesystem, which ends the
// process on some of its ways where memory runs out, these throw bad_alloc.
#pragma once

#include <functional>
#include <string>

namespace wordfire {

// Calls each(name) for everything in a folder but "." and "..", in no order. Throws what
// refuse_opening() throws.
void for_each_name(const std::string& folder,
                   const std::function<void(const std::string& name)>& each);

// Where `path` leads: absolute, without links, "." and "..". Throws likewise.
[[nodiscard]] std::string real_path(const std::string& path);

}  // namespace wordfire
