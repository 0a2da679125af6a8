#include "dist/mpi_comm.h"

#include <dlfcn.h>

#include <filesystem>
#include <vector>

#ifndef WORDFIRE_PLUGIN_DIR
#error \
    "WORDFIRE_PLUGIN_DIR comes from CMake: the folder of libwordfire_mpi.so beside that of the programs"
#endif

namespace wordfire {
namespace {

constexpr const char* kPlugin = "libwordfire_mpi.so";
constexpr const char* kEntry = "wordfire_make_mpi_communicator";

// Beside the program, as in a build, or where an installed tree has it.
std::vector<std::filesystem::path> places() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  return {program / kPlugin, program.parent_path() / WORDFIRE_PLUGIN_DIR / kPlugin};
}

// Open MPI loads components of its own, which expect to find libmpi's symbols: RTLD_GLOBAL. It is
// never closed: its threads and handlers stay.
void* open_plugin() {
  std::string tried;
  for (const auto& place : places()) {
    if (void* const plugin = ::dlopen(place.c_str(), RTLD_NOW | RTLD_GLOBAL)) return plugin;
    tried += std::string(tried.empty() ? "" : "; ") + ::dlerror();
  }
  throw Error::no_input("several ranks were started, but MPI cannot be loaded (" + tried +
                        "); install openmpi-bin on every host");
}

}  // namespace

std::unique_ptr<Communicator> make_mpi_communicator(const std::string& host) {
  using Make = Communicator*(const std::string& host);
  auto* const make = reinterpret_cast<Make*>(::dlsym(open_plugin(), kEntry));
  if (make == nullptr) {
    throw Error::internal(std::string(kPlugin) + ": it is not of this program's version");
  }
  return std::unique_ptr<Communicator>(make(host));
}

}  // namespace wordfire
