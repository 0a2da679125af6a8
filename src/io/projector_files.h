// The files that TensorBoard's projector shows: tensors.tsv (a line of numbers a word),
// metadata.tsv (a word a line) and projector_config.pbtxt, which names the two.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/model_file.h"

namespace wordfire {

// The three files in `folder`.
[[nodiscard]] std::vector<std::string> projector_file_names(const std::string& folder);

// Makes `folder` if it is not there, writes the three files into it, all or none, and returns their
// names. word(i): the text of row i. Throws Error (cannot_create, io).
std::vector<std::string> write_projector_files(
    const std::string& folder, const RowSource& rows,
    const std::function<std::string_view(int64_t)>& word);

}  // namespace wordfire
