#include "serve/model_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "core/error.h"
#include "serve/archive.h"

namespace wordfire::serve {
namespace {

namespace fs = std::filesystem;

// What training writes, and what BlazingText's hosting reads; the first that is there is taken.
constexpr std::array kUsualNames = {"model.bin", "model.ftz", "vectors.bin"};

struct FolderContent {
  std::vector<std::string> models;
  std::vector<std::string> archives;
};

FolderContent list(const std::string& folder) {
  FolderContent content;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    const std::string name = it->path().filename();
    std::error_code unknown;
    if (name.starts_with('.') || !it->is_regular_file(unknown)) continue;
    if (name.ends_with(".bin") || name.ends_with(".ftz")) content.models.push_back(name);
    if (is_archive_name(name)) content.archives.push_back(name);
  }
  if (failure) {
    throw Error::no_input(fmt::format("{}: cannot be listed ({})", folder, failure.message()));
  }
  std::sort(content.models.begin(), content.models.end());
  std::sort(content.archives.begin(), content.archives.end());
  return content;
}

// root, real: without links and "..". The parts of the root at the front decide.
bool is_below(const fs::path& root, const fs::path& real) {
  return std::mismatch(root.begin(), root.end(), real.begin(), real.end()).first == root.end();
}

[[noreturn]] void refuse_outside(const std::string& path, const std::string& root) {
  throw Error::usage(fmt::format("{}: is not below {}, want a model there", path, root));
}

[[noreturn]] void refuse_opening(const std::string& path, const std::error_code& failure) {
  throw Error::no_input(fmt::format("{}: cannot open ({})", path, failure.message()));
}

// Where an open file lies.
fs::path place_of(const RegularFile& file, const std::string& path) {
  std::error_code failure;
  fs::path place = fs::read_symlink(fmt::format("/proc/self/fd/{}", file.fd.get()), failure);
  if (failure) refuse_opening(path, failure);
  return place;
}

std::string choose(const std::string& folder) {
  const FolderContent content = list(folder);
  for (const char* name : kUsualNames) {
    const bool is_there = std::binary_search(content.models.begin(), content.models.end(), name);
    if (is_there) return fs::path(folder) / name;
  }
  if (content.models.size() == 1) return fs::path(folder) / content.models.front();
  if (!content.models.empty()) {
    throw Error::no_input(fmt::format("{}: found {}, want one model; call it model.bin", folder,
                                      fmt::join(content.models, ", ")));
  }
  const std::string hint = content.archives.empty()
                               ? ""
                               : fmt::format("; name {} itself to have it unpacked",
                                             fmt::join(content.archives, " or "));
  throw Error::no_input(
      fmt::format("{}: found no model, want a .bin or .ftz file in it{}", folder, hint));
}

}  // namespace

std::string find_model_file(const std::string& path) {
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (!fs::exists(status)) {
    const std::string reason = failure ? failure.message() : "No such file or directory";
    throw Error::no_input(fmt::format("{}: cannot open ({})", path, reason));
  }
  return fs::is_directory(status) ? choose(path) : path;
}

std::string resolve_below(const std::string& root, const std::string& path) {
  std::error_code failure;
  const fs::path real_root = fs::canonical(root, failure);
  const fs::path real = failure ? fs::path() : fs::canonical(path, failure);
  if (failure) refuse_opening(path, failure);
  if (!is_below(real_root, real)) refuse_outside(path, root);
  return real;
}

OpenFile opening_below(const std::string& root) {
  return [root](const std::string& path) {
    std::error_code failure;
    const fs::path real_root = fs::canonical(root, failure);
    if (failure) refuse_opening(root, failure);
    RegularFile file = open_regular_file(path);
    if (!is_below(real_root, place_of(file, path))) refuse_outside(path, root);
    return file;
  };
}

}  // namespace wordfire::serve
