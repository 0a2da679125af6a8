#include "emulator/ledger.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>

namespace wordfire::emulator {
namespace {

constexpr std::size_t kBytes = Ledger::kMostGpus * sizeof(GpuUse);
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

void* map(const std::string& path) {
  constexpr int kAccess = PROT_READ | PROT_WRITE;
  if (path.empty()) return mmap(nullptr, kBytes, kAccess, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  constexpr int kMode = 0600;
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
  if (file < 0 || ftruncate(file, kBytes) != 0) {
    throw std::runtime_error(path + ": cannot be made a ledger of GPU memory");
  }
  void* const memory = mmap(nullptr, kBytes, kAccess, MAP_SHARED, file, 0);
  close(file);
  return memory;
}

}  // namespace

Ledger::Ledger(const std::string& path) {
  void* const memory = map(path);
  if (memory == MAP_FAILED) throw std::runtime_error("the ledger of GPU memory cannot be mapped");
  uses_ = static_cast<GpuUse*>(memory);
}

Ledger::~Ledger() { munmap(uses_, kBytes); }

}  // namespace wordfire::emulator
