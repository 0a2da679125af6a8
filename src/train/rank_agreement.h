// Whether the ranks of a run do the same work: they are started by hand or by scripts, on machines
// whose files may differ.
#pragma once

#include <string>
#include <vector>

#include "core/options.h"
#include "dist/communicator.h"

namespace wordfire {

// Collective. input, validation: the files of this rank. Throws, on all ranks alike, Error (usage)
// when a rank has another program or an option that bears on the result and differs from rank 0's,
// Error (data) when the files that all should have in common are not the same: their number, their
// sizes, and the first and the last bytes of each are compared.
void check_ranks_agree(const Options& options, const std::vector<std::string>& input,
                       const std::vector<std::string>& validation, Communicator& ranks);

}  // namespace wordfire
