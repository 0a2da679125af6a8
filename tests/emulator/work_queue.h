// What has been asked of emulated GPUs and is not done yet. CUDA says of work in a stream that it
// is done in order and before the stream has been waited for, and no more: all else is left to a
// random generator, so that what a program takes for granted beyond that comes out as a wrong
// result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <random>
#include <string>

namespace wordfire::emulator {

// Bytes of the host or of a GPU.
struct Span {
  const std::byte* begin = nullptr;
  std::size_t bytes = 0;

  [[nodiscard]] bool overlaps(const Span& other) const {
    return begin < other.begin + other.bytes && other.begin < begin + bytes;
  }
};

struct Work {
  std::string name;  // "cudaMemcpyAsync of 12 bytes to the GPU"
  Span host;         // that it reads or writes
  Span device;       // a kernel's are not known
  std::function<void()> run;
};

}  // namespace wordfire::emulator

// What a cudaStream_t points to.
struct CUstream_st {
  int device = 0;
  bool is_destroyed = false;
  std::deque<wordfire::emulator::Work> work;
};

namespace wordfire::emulator {

using WorkStream = CUstream_st;

class WorkQueue {
 public:
  // seed: 0: nothing runs before it must.
  explicit WorkQueue(std::uint64_t seed) : is_lazy_(seed == 0), random_(seed) {}

  [[nodiscard]] WorkStream* create(int device);
  // Null where there is no such stream, or none any more.
  [[nodiscard]] WorkStream* find(WorkStream* stream);
  // Its work goes on.
  void destroy(WorkStream& stream);

  void add(WorkStream& stream, Work work);
  // All of the stream; of others what chance says, before and between.
  void finish(WorkStream& stream);
  void finish_all(int device);
  // Whether work that is not done names such memory: its name, else empty.
  [[nodiscard]] std::string user_of(const Span& memory) const;
  // "2 streams", "1 stream with work"; empty without any.
  [[nodiscard]] std::string leaks() const;
  // A number for what else chance decides; 0 where it decides nothing.
  [[nodiscard]] std::uint64_t draw() { return is_lazy_ ? 0 : random_() | 1; }

 private:
  void run_next(WorkStream& stream);
  void run_some();
  void forget_destroyed();

  bool is_lazy_;
  std::mt19937_64 random_;
  std::list<WorkStream> streams_;
};

}  // namespace wordfire::emulator
