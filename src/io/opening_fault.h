// What it means that a file or folder could not be opened.
#pragma once

#include <string>

namespace wordfire {

// Whether an errno may be another one at the next try: descriptors or memory were lacking, a signal
// came, a disk or the network to it failed.
[[nodiscard]] bool may_pass(int fault);

// Throws for `path`, at which a call has left `fault` in errno: Error (no_input), Error (io) for
// what may pass, bad_alloc for want of memory.
[[noreturn]] void refuse_opening(const std::string& path, int fault);

}  // namespace wordfire
