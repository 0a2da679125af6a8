// Where a model comes from: a file, a folder or an archive; and whether that has changed since.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/regular_file.h"
#include "io/scratch_folder.h"

namespace wordfire::serve {

// What tells one state of a file from another without reading it.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;  // another one where the file was replaced
  int64_t bytes = -1;  // -1: there is no such file
  int64_t changed_ns = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct SourceStamp {
  std::string file;  // the model, or the archive
  FileStamp model;
  FileStamp manifest;

  friend bool operator==(const SourceStamp&, const SourceStamp&) = default;
};

// How the source under `path` looks now; nullopt while there is no model, or one in many.
[[nodiscard]] std::optional<SourceStamp> stamp_of(const std::string& path);

// A source, opened: an archive is unpacked into a temporary folder, which goes with this object.
class ModelSource {
 public:
  // root: the folder below which all must lie that is looked at or opened, links followed; empty
  // for any: a path that leads out of it is refused before anything there is looked at. Throws
  // what find_model_file(), unpack_archive() and resolve_below() throw, Error (cannot_create) for
  // the folder.
  explicit ModelSource(const std::string& path, const std::string& root = {});

  // How the source looked before anything of it was read.
  [[nodiscard]] const std::optional<SourceStamp>& stamp() const { return stamp_; }
  // The .bin or .ftz file.
  [[nodiscard]] const std::string& file() const { return file_; }
  // Opens it and its manifest, which must lie below the root.
  [[nodiscard]] const OpenFile& open() const { return open_; }
  // About how much memory the model will take, by the first bytes of the file: what is read, and
  // the tables of the dictionary. 0 for a file that is no model.
  [[nodiscard]] int64_t memory_estimate() const;

 private:
  OpenFile open_;
  std::optional<SourceStamp> stamp_;
  std::optional<ScratchFolder> unpacked_;
  std::string file_;
};

}  // namespace wordfire::serve
