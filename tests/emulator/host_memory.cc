#include "emulator/host_memory.h"

#include <sys/mman.h>

#include <cstring>
#include <stdexcept>

namespace wordfire::emulator {

HostMemory::~HostMemory() {
  for (const auto& [begin, bytes] : taken_) munmap(const_cast<void*>(begin), bytes);
}

// Of the system itself, so that nothing lies there when it has been given back.
void* HostMemory::take(std::size_t bytes) {
  void* const memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("the host has no memory left");
  taken_[memory] = bytes;
  return memory;
}

void HostMemory::give_back(void* begin) {
  munmap(begin, taken_.at(begin));
  taken_.erase(begin);
}

bool HostMemory::pin(const void* begin, std::size_t bytes) {
  const Span wanted{static_cast<const std::byte*>(begin), bytes};
  for (const auto& [other, size] : pinned_) {
    if (wanted.overlaps({static_cast<const std::byte*>(other), size})) return false;
  }
  pinned_[begin] = bytes;
  return true;
}

void HostMemory::unpin(const void* begin) { pinned_.erase(begin); }

std::optional<Span> HostMemory::find(const Spans& spans, const void* begin) {
  const auto found = spans.find(begin);
  if (found == spans.end()) return std::nullopt;
  return Span{static_cast<const std::byte*>(begin), found->second};
}

std::string HostMemory::leaks() const {
  std::string text;
  if (!taken_.empty()) text = std::to_string(taken_.size()) + " of cudaMallocHost";
  if (!pinned_.empty()) {
    text += (text.empty() ? "" : ", ") + std::to_string(pinned_.size()) + " of cudaHostRegister";
  }
  return text;
}

}  // namespace wordfire::emulator
