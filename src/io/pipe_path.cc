#include "io/pipe_path.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

#include "core/error.h"
#include "core/stopped.h"

namespace wordfire {
namespace {

using Clock = std::chrono::steady_clock;

// How often it is looked for, as in the samples of the platform.
constexpr std::chrono::milliseconds kInterval{100};

// Throws where the file cannot be looked for.
bool is_there(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  throw Error::no_input(file + ": cannot open (" + std::strerror(errno) + ")");
}

void check_folder(const std::string& file) {
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  std::error_code ignored;
  if (folder.empty() || std::filesystem::is_directory(folder, ignored)) return;
  throw Error::no_input(file + ": cannot open, there is no such folder; want pipe:FOLDER/CHANNEL");
}

}  // namespace

std::string await_pipe(const std::string& path, int pass, const std::atomic<bool>* stop,
                       std::chrono::milliseconds longest) {
  std::string file = fmt::format("{}_{}", path.substr(kPipeScheme.size()), pass);
  check_folder(file);
  const Clock::time_point end = Clock::now() + longest;
  while (!is_there(file)) {
    if (stop != nullptr) throw_if(*stop);
    if (Clock::now() >= end) {
      throw Error::no_input(
          fmt::format("{}: is not there after {} seconds, want the FIFO of pass {}", file,
                      std::chrono::duration_cast<std::chrono::seconds>(longest).count(), pass));
    }
    std::this_thread::sleep_for(kInterval);
  }
  return file;
}

}  // namespace wordfire
