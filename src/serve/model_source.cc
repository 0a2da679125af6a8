#include "serve/model_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "io/manifest.h"
#include "io/model_format.h"
#include "io/opening_fault.h"
#include "serve/archive.h"
#include "serve/model_folder.h"

namespace wordfire::serve {
namespace {

// io/MODEL_FORMAT.md: magic, version, twelve integers and a double; then the dictionary's numbers.
constexpr size_t kDictionaryAt = 64;
constexpr size_t kHeadBytes = kDictionaryAt + 3 * sizeof(int32_t) + 2 * sizeof(int64_t);
constexpr int64_t kLeastEntryBytes = 10;  // in the file
// In memory: text, count, hash, index, the label as JSON; a pruned bucket's place in its table.
constexpr int64_t kEntryBytes = 128;
constexpr int64_t kPrunedBytes = 48;

FileStamp stamp_of_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (may_pass(errno)) refuse_opening(path, errno);
    return {};
  }
  constexpr int64_t kSecond = 1'000'000'000;
  return {status.st_dev, status.st_ino, status.st_size,
          status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec};
}

template <typename T>
T number_at(const char* bytes) {
  T number;
  std::memcpy(&number, bytes, sizeof(number));
  return number;
}

int64_t dictionary_bytes(const char* head, int64_t file_bytes) {
  const int64_t entries = number_at<int32_t>(head + kDictionaryAt);
  const int64_t pruned = number_at<int64_t>(head + kHeadBytes - sizeof(int64_t));
  return std::clamp<int64_t>(entries, 0, file_bytes / kLeastEntryBytes) * kEntryBytes +
         std::clamp<int64_t>(pruned, 0, file_bytes / 8) * kPrunedBytes;
}

}  // namespace

std::optional<SourceStamp> stamp_of(const std::string& path) {
  try {
    const std::string file = find_model_file(path);
    SourceStamp stamp{file, stamp_of_file(file), stamp_of_file(manifest_path(file))};
    if (stamp.model.bytes >= 0) return stamp;
  } catch (const Error&) {  // none now; perhaps later
  }
  return std::nullopt;
}

ModelSource::ModelSource(const std::string& path, const std::string& root)
    : open_(root.empty() ? open_regular_file : opening_below(root)) {
  const std::string real = root.empty() ? path : resolve_below(root, path);
  stamp_ = stamp_of(path);
  if (!is_archive_name(real)) {
    file_ = find_model_file(real);
    return;
  }
  unpacked_.emplace();
  unpack_archive(real, unpacked_->path(), {}, open_);
  file_ = find_model_file(unpacked_->path());
  open_ = open_regular_file;  // nobody else writes there
}

int64_t ModelSource::memory_estimate() const {
  const RegularFile file = open_(file_);
  char head[kHeadBytes] = {};
  const ssize_t got = ::pread(file.fd.get(), head, sizeof(head), 0);
  const bool is_model = got == sizeof(head) && number_at<int32_t>(head) == kModelMagic;
  if (!is_model) return 0;
  const auto bytes = static_cast<int64_t>(file.size);
  return bytes + dictionary_bytes(head, bytes);
}

}  // namespace wordfire::serve
