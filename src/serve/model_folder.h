// Which file is the model: of a folder as hosting mounts it, of an archive, or named itself.
#pragma once

#include <string>

#include "io/regular_file.h"

namespace wordfire::serve {

// The file that `path` stands for: itself if it is a file; in a folder model.bin, else model.ftz,
// else vectors.bin, else the only .bin or .ftz. Everything else in a folder is ignored: archives
// (SageMaker's local mode leaves model.tar.gz there), manifests, vectors.txt, code, hidden files.
// Throws Error (no_input) when there is nothing under the path, or no model or several in it; the
// message names them. Error (io) and bad_alloc where the next try may find it (opening_fault.h).
[[nodiscard]] std::string find_model_file(const std::string& path);

// Whether there is certainly no model under `path`: neither a file nor a folder, or a folder
// without one. What only cannot be opened, or looked at for the moment, is not gone.
[[nodiscard]] bool is_gone(const std::string& path);

// `path` below `root`, links followed on both sides. Throws Error (usage) when it leads out of the
// root, Error (no_input) when it is not there.
[[nodiscard]] std::string resolve_below(const std::string& root, const std::string& path);

// Opens files below `root` alone, likewise. Where a file lies is asked of the open file, so that no
// link leads out of the root, not even one that is made meanwhile. Throws what open_regular_file()
// throws, Error (usage) for a file that lies elsewhere.
[[nodiscard]] OpenFile opening_below(const std::string& root);

}  // namespace wordfire::serve
