// libcuda.so.1 as far as the CUDA runtime looks at it before it finds that there is nothing to run
// on: a driver of version FAKE_CUDA_VERSION (12040 is CUDA 12.4) whose start ends with the error
// FAKE_CUDA_INIT (100: no GPU; 999: unknown).
#include <cstdlib>

namespace {

int number_of(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? 0 : std::atoi(text);
}

}  // namespace

extern "C" int cuDriverGetVersion(int* version) {
  *version = number_of("FAKE_CUDA_VERSION");
  return 0;
}

extern "C" int cuInit(unsigned) { return number_of("FAKE_CUDA_INIT"); }
