// Memory of the host that copies run from and to at full speed: given out, or registered.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "emulator/work_queue.h"

namespace wordfire::emulator {

class HostMemory {
 public:
  HostMemory() = default;
  ~HostMemory();
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;

  [[nodiscard]] void* take(std::size_t bytes);
  // What was given out there; none where nothing was.
  [[nodiscard]] std::optional<Span> taken(const void* begin) const { return find(taken_, begin); }
  void give_back(void* begin);

  // False where a part of it is registered.
  [[nodiscard]] bool pin(const void* begin, std::size_t bytes);
  [[nodiscard]] std::optional<Span> pinned(const void* begin) const { return find(pinned_, begin); }
  void unpin(const void* begin);
  // Empty without any.
  [[nodiscard]] std::string leaks() const;

 private:
  using Spans = std::map<const void*, std::size_t>;

  [[nodiscard]] static std::optional<Span> find(const Spans& spans, const void* begin);

  Spans taken_;
  Spans pinned_;
};

}  // namespace wordfire::emulator
