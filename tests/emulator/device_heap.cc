#include "emulator/device_heap.h"

#include <sys/mman.h>

#include <cstring>
#include <sstream>
#include <stdexcept>

namespace wordfire::emulator {
namespace {

// Of all that is ever given out: address space, not memory.
constexpr std::size_t kAddresses = std::size_t{1} << 40;
constexpr std::size_t kPage = 4096;
// cudaMalloc's least alignment, and no more. The gap behind an allocation is as large at least.
constexpr std::size_t kAlignment = 256;
// In which a GPU counts its memory.
constexpr std::size_t kGranule = 512;

std::size_t round_up(std::size_t n, std::size_t step) { return (n + step - 1) / step * step; }
std::int64_t counted(std::size_t bytes) {
  return static_cast<std::int64_t>(round_up(bytes, kGranule));
}

}  // namespace

DeviceHeap::DeviceHeap(std::size_t bytes, GpuUse& use) : bytes_(bytes), use_(use) {
  void* const memory =
      mmap(nullptr, kAddresses, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("the emulated GPU: no addresses are left");
  base_ = static_cast<std::byte*>(memory);
}

DeviceHeap::~DeviceHeap() { munmap(base_, kAddresses); }

std::byte* DeviceHeap::take(std::size_t bytes) {
  const std::int64_t now = use_.now += counted(bytes);
  if (now > static_cast<std::int64_t>(bytes_)) {
    use_.now -= counted(bytes);
    return nullptr;
  }
  std::int64_t most = use_.most;
  while (most < now && !use_.most.compare_exchange_weak(most, now)) continue;
  // An odd multiple of the alignment: no kernel may count on more.
  std::byte* const begin = base_ + round_up(top_, 2 * kAlignment) + kAlignment;
  top_ = static_cast<std::size_t>(begin - base_) + round_up(bytes, kAlignment) + kAlignment;
  if (top_ > kAddresses) throw std::runtime_error("the emulated GPU: no addresses are left");
  taken_[begin] = bytes;
  const Opened open(*this);
  std::memset(begin, kPoison, bytes);
  return begin;
}

bool DeviceHeap::give_back(const void* begin) {
  const auto found = taken_.find(static_cast<const std::byte*>(begin));
  if (found == taken_.end()) return false;
  const std::size_t bytes = found->second;
  use_.now -= counted(bytes);
  // Whole pages of it back to the system.
  const auto offset = static_cast<std::size_t>(found->first - base_);
  const std::size_t first = round_up(offset, kPage);
  const std::size_t end = (offset + bytes) / kPage * kPage;
  if (first < end) madvise(base_ + first, end - first, MADV_DONTNEED);
  given_back_.insert(*found);
  taken_.erase(found);
  return true;
}

std::size_t DeviceHeap::free_bytes() const {
  const std::int64_t used = use_.now;
  return used > static_cast<std::int64_t>(bytes_) ? 0 : bytes_ - static_cast<std::size_t>(used);
}

bool DeviceHeap::has_address(const void* address) const {
  const auto* const at = static_cast<const std::byte*>(address);
  return at >= base_ && at < base_ + kAddresses;
}

std::optional<Allocation> DeviceHeap::find(const void* address, std::size_t bytes) const {
  const auto* const at = static_cast<const std::byte*>(address);
  auto next = taken_.upper_bound(at);
  if (next == taken_.begin()) return std::nullopt;
  const auto& [begin, size] = *--next;
  const auto offset = static_cast<std::size_t>(at - begin);
  if (offset > size || bytes > size - offset) return std::nullopt;
  return Allocation{begin, size};
}

Allocation DeviceHeap::check(std::uint64_t address, std::size_t bytes) const {
  const auto* const at = reinterpret_cast<const std::byte*>(address);
  if (const auto found = find(at, bytes)) return *found;
  throw std::runtime_error(what_lies_at(at, bytes));
}

std::string DeviceHeap::what_lies_at(const std::byte* address, std::size_t bytes) const {
  std::ostringstream text;
  text << bytes << " bytes at " << static_cast<const void*>(address) << ": ";
  if (!has_address(address)) {
    text << "no address of this GPU";
    return text.str();
  }
  for (const auto* const map : {&taken_, &given_back_}) {
    auto next = map->upper_bound(address);
    if (next == map->begin()) continue;
    const auto& [begin, size] = *--next;
    const auto offset = static_cast<std::size_t>(address - begin);
    if (map == &given_back_ && offset >= size) continue;
    text << offset << " bytes behind the begin of an allocation of " << size << " bytes"
         << (map == &given_back_ ? " that has been freed; " : "; ");
  }
  return text.str() + "want one that lies in an allocation";
}

std::string DeviceHeap::leaks() const {
  if (taken_.empty()) return "";
  std::size_t bytes = 0;
  for (const auto& [begin, size] : taken_) bytes += size;
  return std::to_string(taken_.size()) + " allocations of " + std::to_string(bytes) + " bytes";
}

void DeviceHeap::protect(int access) const {
  if (top_ > 0 && mprotect(base_, round_up(top_, kPage), access) != 0) {
    throw std::runtime_error("the emulated GPU: mprotect fails");
  }
}

DeviceHeap::Opened::Opened(DeviceHeap& heap) : heap_(heap), is_first_(!heap.is_open_) {
  if (is_first_) heap_.protect(PROT_READ | PROT_WRITE);
  heap_.is_open_ = true;
}

DeviceHeap::Opened::~Opened() {
  if (!is_first_) return;
  heap_.is_open_ = false;
  heap_.protect(PROT_NONE);
}

}  // namespace wordfire::emulator
