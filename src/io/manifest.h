// The sidecar of a model: OUTPUT.manifest.json beside OUTPUT.bin. It carries sizes, checksums,
// options, the recipe by which the text was prepared, and metrics. MODEL_FORMAT.md describes its
// fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/regular_file.h"

namespace wordfire {

struct ManifestFile {
  std::string name;  // without folder
  int64_t bytes = 0;
  uint64_t xxh3 = 0;
};

struct Manifest {
  std::string program_version;
  std::string label_prefix = "__label__";
  std::vector<ManifestFile> files;
  std::string options_json = "{}";  // every option of the run
  std::string recipe_json;          // prepare.json, or empty
  std::string metrics_json = "{}";
};

// "dir/name.bin" and "dir/name.ftz" -> "dir/name.manifest.json".
[[nodiscard]] std::string manifest_path(const std::string& model_path);

// The text of a manifest file.
[[nodiscard]] std::string manifest_text(const Manifest& manifest);

// Writes atomically. Throws Error (cannot_create, io).
void write_manifest(const std::string& path, const Manifest& manifest);

// nullopt when there is none. Throws Error (model) when there is one that cannot be understood, and
// what `open` throws.
[[nodiscard]] std::optional<Manifest> read_manifest(const std::string& path,
                                                    const OpenFile& open = open_regular_file);

struct Verification {
  bool complete = false;              // every byte of the model was compared with a manifest
  std::vector<std::string> findings;  // empty: all is well
  std::vector<std::string> warnings;  // of a manifest that cannot be used, of files that are gone
};
// Reads the whole model: structure, finite values, and, if there is a manifest, size and checksum
// of the files that it names and that are there. The model itself may have got another name since.
// Throws Error (no_input) when the model cannot be opened.
[[nodiscard]] Verification verify_model(const std::string& model_path);

}  // namespace wordfire
