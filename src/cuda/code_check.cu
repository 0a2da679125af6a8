#include <cuda_runtime_api.h>

#include "cuda/code_check.h"

namespace wordfire {
namespace {

__global__ void do_nothing() {}

}  // namespace

int check_device_code() {
  cudaFuncAttributes attributes{};
  return cudaFuncGetAttributes(&attributes, do_nothing);
}

}  // namespace wordfire
