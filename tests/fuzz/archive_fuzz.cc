// Any bytes as an archive: refused as wrong, or unpacked to files and folders of bounded size.
#include <filesystem>

#include "core/error.h"
#include "io/scratch_folder.h"
#include "serve/archive.h"
#include "tests/fuzz/memory_file.h"

namespace wordfire {
namespace {

constexpr serve::ArchiveLimits kLimits{
    .entries = 20, .bytes = 1 << 16, .ratio = 10, .free_bytes = 1 << 12};

void check_unpacked(const std::string& folder) {
  int64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto status = entry.symlink_status();
    const bool is_file = std::filesystem::is_regular_file(status);
    if (!is_file && !std::filesystem::is_directory(status)) std::abort();
    if (is_file) bytes += static_cast<int64_t>(entry.file_size());
  }
  if (bytes > kLimits.bytes) std::abort();
}

}  // namespace
}  // namespace wordfire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const wordfire::MemoryFile file(data, size);
  const wordfire::ScratchFolder folder;
  try {
    wordfire::serve::unpack_archive(file.path(), folder.path(), wordfire::kLimits);
  } catch (const wordfire::Error& error) {
    if (error.kind() != wordfire::ErrorKind::kModel) std::abort();
  }
  wordfire::check_unpacked(folder.path());
  return 0;
}
