// A folder of its own for what is made on the way; it goes with this object.
#pragma once

#include <string>

namespace wordfire {

// Where temporary files go: the variable TMPDIR, or /tmp.
[[nodiscard]] std::string temporary_folder();

class ScratchFolder {
 public:
  // Makes the folder in temporary_folder(). Throws Error (cannot_create).
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  [[nodiscard]] const std::string& path() const { return path_; }
  // A folder in it, made now.
  [[nodiscard]] std::string make_folder(const std::string& name) const;

 private:
  std::string path_;
};

}  // namespace wordfire
