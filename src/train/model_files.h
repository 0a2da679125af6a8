// The files that a run writes, and what they are called.
#pragma once

#include <string>
#include <vector>

namespace wordfire {

// Paths; an empty one is not written.
struct ModelFiles {
  std::string bin;
  std::string vec;     // the words' vectors as text
  std::string output;  // the output vectors as text
  std::string manifest;

  // Those that are written, the manifest last.
  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    for (const std::string& path : {bin, vec, output, manifest}) {
      if (!path.empty()) paths.push_back(path);
    }
    return paths;
  }
};

// fastText's names for `output`, a prefix: OUTPUT.bin, OUTPUT.vec, OUTPUT.manifest.json, and with
// save_output OUTPUT.output.
[[nodiscard]] ModelFiles model_files(const std::string& output, bool save_output);

}  // namespace wordfire
