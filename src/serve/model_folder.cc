#include "serve/model_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "io/folder_names.h"
#include "io/opening_fault.h"
#include "serve/archive.h"

namespace wordfire::serve {
namespace {

// What training writes, and what BlazingText's hosting reads; the first that is there is taken.
constexpr std::array kUsualNames = {"model.bin", "model.ftz", "vectors.bin"};

struct FolderContent {
  std::vector<std::string> models;
  std::vector<std::string> archives;
};

std::string below(const std::string& folder, std::string_view name) {
  return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

// What is not there, or is a link to nothing, is no file; what cannot be told is an error.
bool is_regular(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return S_ISREG(status.st_mode);
  if (may_pass(errno)) refuse_opening(path, errno);
  return false;
}

FolderContent list(const std::string& folder) {
  FolderContent content;
  for_each_name(folder, [&](const std::string& name) {
    const bool is_model = name.ends_with(".bin") || name.ends_with(".ftz");
    if (name.starts_with('.') || (!is_model && !is_archive_name(name))) return;
    if (!is_regular(below(folder, name))) return;
    (is_model ? content.models : content.archives).push_back(name);
  });
  std::sort(content.models.begin(), content.models.end());
  std::sort(content.archives.begin(), content.archives.end());
  return content;
}

// Both real: absolute, without links and "..".
bool is_below(const std::string& root, const std::string& real) {
  return real == root || real.starts_with(root.ends_with('/') ? root : root + '/');
}

[[noreturn]] void refuse_outside(const std::string& path, const std::string& root) {
  throw Error::usage(fmt::format("{}: is not below {}, want a model there", path, root));
}

// Where an open file lies.
std::string place_of(const RegularFile& file, const std::string& path) {
  std::array<char, PATH_MAX> place;
  const std::string link = fmt::format("/proc/self/fd/{}", file.fd.get());
  const ssize_t bytes = ::readlink(link.c_str(), place.data(), place.size());
  if (bytes < 0) refuse_opening(path, errno);
  return {place.data(), static_cast<size_t>(bytes)};
}

std::string choose(const std::string& folder) {
  const FolderContent content = list(folder);
  for (const char* name : kUsualNames) {
    const bool is_there = std::binary_search(content.models.begin(), content.models.end(), name);
    if (is_there) return below(folder, name);
  }
  if (content.models.size() == 1) return below(folder, content.models.front());
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
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) refuse_opening(path, errno);
  return S_ISDIR(status.st_mode) ? choose(path) : path;
}

bool is_gone(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return errno == ENOENT || errno == ENOTDIR;
  try {
    return S_ISDIR(status.st_mode) && list(path).models.empty();
  } catch (const Error&) {  // who knows
    return false;
  }
}

std::string resolve_below(const std::string& root, const std::string& path) {
  const std::string real_root = real_path(root);
  // By its letters first: nothing elsewhere is looked at, not even whether it is there.
  const bool leads_up = path.find("/../") != std::string::npos || path.ends_with("/..");
  if (leads_up || (!is_below(root, path) && !is_below(real_root, path))) refuse_outside(path, root);
  std::string real = real_path(path);
  if (!is_below(real_root, real)) refuse_outside(path, root);
  return real;
}

OpenFile opening_below(const std::string& root) {
  return [root](const std::string& path) {
    const std::string real_root = real_path(root);
    RegularFile file = open_regular_file(path);
    if (!is_below(real_root, place_of(file, path))) refuse_outside(path, root);
    return file;
  };
}

}  // namespace wordfire::serve
