#include "train/checkpoint_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/strict_number.h"

namespace wordfire {
namespace {

namespace fs = std::filesystem;

// Several machines may share a folder (one day); each then has files of its own.
constexpr std::string_view kPrefix = "wordfire-0-";
constexpr int64_t kMostNumber = 1'000'000'000'000'000;
constexpr std::string_view kSuffix = ".checkpoint";

struct Numbered {
  int64_t number;
  std::string path;
};

std::vector<Numbered> newest_first(const std::string& folder) {
  std::vector<Numbered> found;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    const std::string file = entry.path().filename().string();
    std::string_view name = file;
    std::error_code ignored;  // a link that leads nowhere is no file
    if (!entry.is_regular_file(ignored)) continue;
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    name.remove_prefix(kPrefix.size());
    name.remove_suffix(std::min(name.size(), kSuffix.size()));
    const std::optional<int64_t> number = parse_integer(name);
    if (number && *number >= 0 && *number < kMostNumber) {
      found.push_back({*number, entry.path().string()});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Numbered& a, const Numbered& b) { return a.number > b.number; });
  return found;
}

}  // namespace

CheckpointFolder::CheckpointFolder(std::string folder) : folder_(std::move(folder)) {
  std::error_code failure;
  fs::create_directories(folder_, failure);
  if (!fs::is_directory(folder_)) {
    throw Error::cannot_create(fmt::format("{}: cannot create this folder ({})", folder_,
                                           failure ? failure.message() : "there is a file"));
  }
  lock_ = FileDescriptor(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems have no locks; then there is none.
  if (lock_.is_open() && ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error::usage(fmt::format(
        "option -checkpointDir: another run writes to {}, want a folder for each run", folder_));
  }
}

std::vector<std::string> CheckpointFolder::files() const {
  std::vector<std::string> paths;
  for (Numbered& file : newest_first(folder_)) paths.push_back(std::move(file.path));
  return paths;
}

std::string CheckpointFolder::next() const {
  const std::vector<Numbered> found = newest_first(folder_);
  const int64_t number = found.empty() ? 1 : found.front().number + 1;
  return fmt::format("{}/{}{:06}{}", folder_, kPrefix, number, kSuffix);
}

int64_t CheckpointFolder::bytes() const {
  int64_t bytes = 0;
  for (const std::string& file : files()) {
    std::error_code failure;
    const auto size = fs::file_size(file, failure);
    if (!failure) bytes += static_cast<int64_t>(size);
  }
  return bytes;
}

void CheckpointFolder::keep(size_t count, const std::vector<std::string>& damaged) const {
  size_t kept = 0;
  for (const std::string& file : files()) {
    const bool whole = std::find(damaged.begin(), damaged.end(), file) == damaged.end();
    std::error_code failure;  // a file that stays harms nothing
    if (!whole || ++kept > count) fs::remove(file, failure);
  }
}

}  // namespace wordfire
