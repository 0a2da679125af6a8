// How many bytes of each GPU are taken: by this process, or by all that share a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace wordfire::emulator {

struct GpuUse {
  std::atomic<std::int64_t> now = 0;
  std::atomic<std::int64_t> most = 0;  // so far
};

class Ledger {
 public:
  static constexpr int kMostGpus = 64;

  // path: of the file; empty: this process is alone. Throws std::runtime_error.
  explicit Ledger(const std::string& path);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  [[nodiscard]] GpuUse& use(int gpu) { return uses_[gpu]; }

 private:
  GpuUse* uses_ = nullptr;  // [kMostGpus]
};

}  // namespace wordfire::emulator
