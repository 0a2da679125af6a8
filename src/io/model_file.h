// fastText's model files, .bin and .ftz: version 12 is written, 11 and 12 are read. The page
// MODEL_FORMAT.md beside this header gives the grammar and a worked example.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/model.h"
#include "io/atomic_file.h"
#include "io/manifest.h"
#include "io/regular_file.h"

namespace wordfire {

// Loads and validates. Dense matrices stay in the file, which is mapped (private, with kRowSlack
// behind it); every header field, the dictionary and all sizes are checked before anything is
// allocated for them. The label prefix comes from the manifest beside the file, if there is one,
// else it is "__label__"; a manifest that cannot be used is a warning, never a failure. Throws
// Error (no_input) when the file cannot be opened, Error (io) where the next try may read it or its
// manifest, Error (model) with the path, the field and the byte offset for everything that is wrong
// in it. Memory: at most 2 x file + 64 MiB.
struct LoadedModel {
  std::shared_ptr<const Model> model;
  std::vector<std::string> warnings;
  std::optional<Manifest> manifest = std::nullopt;  // if there is one that can be used
};
[[nodiscard]] LoadedModel load_model(const std::string& path);

// As above, for servers: the model lies in memory, and nothing that becomes of the file matters to
// it. Every byte is compared with the manifest; altered says in what they differ, and is empty
// where they do not, or where the manifest does not name the file. open: opens both files. Throws
// Error (io), Error (model) for a file that gets shorter meanwhile.
struct CopiedModel {
  LoadedModel loaded;
  std::string altered;
};
[[nodiscard]] CopiedModel load_model_copy(const std::string& path,
                                          const OpenFile& open = open_regular_file);

// Which matrices hold values that are not finite, a line each, in messages that begin with `path`.
[[nodiscard]] std::vector<std::string> find_bad_values(const Model& model, const std::string& path,
                                                       int threads);

// What a writer needs of a matrix: its size, and its rows in order. Rows are asked for in rising
// order and in runs, so that a matrix need not exist in the file's layout.
struct RowSource {
  int64_t rows = 0;
  int32_t dim = 0;
  // Writes rows [first, first + count) as count * dim floats, densely. Called from several threads.
  std::function<void(int64_t first, int64_t count, float* out)> copy;
};
// Rows of a dense matrix of a model.
[[nodiscard]] RowSource rows_of(const RowsView& view);

// Writes a dense model, format version 12, through `file` without committing it.
// Throws Error (io), Error (cannot_create).
void write_model(AtomicFile& file, const ModelArgs& args, const Dictionary& dictionary,
                 const RowSource& input, const RowSource& output, int threads);

}  // namespace wordfire
