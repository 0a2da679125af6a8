// What the options of a run say of its text: which files, how they are read, by what recipe they
// were prepared, and how much room they may take.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/options.h"
#include "io/text_source.h"
#include "train/corpus_storage.h"

namespace wordfire {

// The files of `paths`, folders unfolded. sharded: each rank has files of its own, so that a folder
// may be empty. Throws Error (no_input).
[[nodiscard]] std::vector<std::string> list_files(const std::vector<std::string>& paths,
                                                  bool sharded);

// How the input, or the validation text, is read.
[[nodiscard]] TextReading reading_of(const Options& options, InputFormat format);

// The recipe that was given, or that of the files as JSON; empty for none, and where two differ in
// how they treat text. One that nobody has named does not end the run: `warning` is told, if it is
// not empty. Throws Error for Options::prepare.
[[nodiscard]] std::string recipe_of(const Options& options, const std::vector<std::string>& files,
                                    const std::function<void(const std::string&)>& warning);

// Memory and scratch space that encoded text may take. beside: ranks on this machine, which divide
// what the options leave open.
[[nodiscard]] std::shared_ptr<StorageBudget> make_budget(const Options& options, int beside);

}  // namespace wordfire
