// Unpacks model archives (tar, plain or compressed with gzip) that may come from anywhere:
// whatever is in one, nothing is written outside of the folder, no link or device is made, and the
// room that it takes is bounded.
#pragma once

#include <cstdint>
#include <string>

#include "io/regular_file.h"

namespace wordfire::serve {

// What real models never exceed.
struct ArchiveLimits {
  int64_t entries = 10'000;
  int64_t bytes = int64_t{64} << 30;  // of all files together
  // Bytes unpacked for each byte read, once more than `free_bytes` are unpacked: text files may
  // be small and shrink well, models do not.
  int64_t ratio = 100;
  int64_t free_bytes = int64_t{64} << 20;
};

// Writes the regular files and folders of an archive below `folder`, which must exist and should be
// empty; files get mode 0600, folders 0700. Names are taken relative to it, "./" in front is
// dropped. Throws Error (no_input) when the archive cannot be opened, Error (model) naming the
// entry for anything that is no file or folder, for a name that is absolute, has "..", control
// characters or bytes that are not UTF-8, for a file that is there twice, for damage, and when a
// limit is passed; Error (io) when the disk is full; and what `open` throws for the archive. What
// was unpacked until then stays in `folder`.
void unpack_archive(const std::string& archive, const std::string& folder,
                    const ArchiveLimits& limits = {}, const OpenFile& open = open_regular_file);

// Whether a file's name is that of an archive: .tar, .tar.gz, .tgz.
[[nodiscard]] bool is_archive_name(const std::string& path);

}  // namespace wordfire::serve
