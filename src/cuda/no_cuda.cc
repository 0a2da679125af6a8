#include "cuda/cuda_device.h"

namespace wordfire {

CudaSearch find_cuda_device(int) {
  CudaSearch search;
  search.is_built = false;
  search.reason =
      "this program was built without CUDA; install the CUDA toolkit, 12 or newer, and configure "
      "with -DWORDFIRE_CUDA=ON";
  return search;
}

int cuda_device_count() { return 0; }

}  // namespace wordfire
