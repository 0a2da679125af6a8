// The files of checkpoints in a folder, of one run at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/file_descriptor.h"

namespace wordfire {

class CheckpointFolder {
 public:
  // Makes the folder where there is none, and keeps other runs out of it. Throws Error
  // (cannot_create), Error (usage) when another run has it.
  explicit CheckpointFolder(std::string folder);

  // Paths, the newest first.
  [[nodiscard]] std::vector<std::string> files() const;
  // The path that the next one gets.
  [[nodiscard]] std::string next() const;
  // Bytes of all files.
  [[nodiscard]] int64_t bytes() const;

  // Removes all but the newest `count` of those that are not in `damaged`.
  void keep(size_t count, const std::vector<std::string>& damaged) const;

 private:
  std::string folder_;
  FileDescriptor lock_;
};

}  // namespace wordfire
