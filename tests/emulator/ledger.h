// How many bytes of each GPU are taken: by this process, or by all that share a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace wordfire::emulator {

class Ledger {
 public:
  static constexpr int kMostGpus = 64;

  // path: of the file; empty: this process is alone. Throws std::runtime_error.
  explicit Ledger(const std::string& path);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  [[nodiscard]] std::atomic<std::int64_t>& used(int gpu) { return used_[gpu]; }

 private:
  std::atomic<std::int64_t>* used_ = nullptr;  // [kMostGpus]
};

}  // namespace wordfire::emulator
