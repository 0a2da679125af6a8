// PTX text, parsed (NVIDIA's "PTX ISA", section "PTX Module"): its kernels in the form in which
// ptx_machine.h runs them. What is not known is an error here, never left out.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wordfire::emulator {

// In the block of parameters of a launch, as the kernel lays it out.
struct PtxParameter {
  std::size_t offset = 0;
  std::size_t bytes = 0;
  std::size_t align = 1;
};

struct PtxCode;  // ptx_code.h

struct PtxKernel {
  std::string name;  // mangled
  std::vector<PtxParameter> parameters;
  std::size_t parameter_bytes = 0;
  std::size_t static_shared_bytes = 0;
  std::size_t local_bytes = 0;  // of a thread
  int most_threads = 0;         // of a block (.maxntid); 0: the text does not say
  std::shared_ptr<const PtxCode> code;
};

class PtxProgram {
 public:
  // Throws std::runtime_error with the number and the text of a line that it does not know.
  explicit PtxProgram(std::string_view text);

  // By its mangled name; null if there is none. Valid as long as the program.
  [[nodiscard]] const PtxKernel* find(std::string_view name) const;
  [[nodiscard]] const std::vector<PtxKernel>& kernels() const { return kernels_; }

 private:
  std::vector<PtxKernel> kernels_;
};

}  // namespace wordfire::emulator
