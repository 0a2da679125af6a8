#include "core/error.h"
#include "cuda/cuda_backend.h"

namespace wordfire {
namespace {

constexpr const char* kReason =
    "this program was built without CUDA; install the CUDA toolkit, 12 or newer, and configure "
    "with -DWORDFIRE_CUDA=ON";

}  // namespace

CudaSearch find_cuda_device(int) {
  CudaSearch search;
  search.is_built = false;
  search.reason = kReason;
  return search;
}

CudaSearch glance_at_cuda_device(int ordinal) { return find_cuda_device(ordinal); }

int cuda_device_count() { return 0; }

bool gpu_is_plugged_in() { return false; }

std::unique_ptr<Backend> make_cuda_backend(const SupervisedTask&, const CudaDevice&) {
  throw Error::usage(kReason);
}

std::unique_ptr<Backend> make_cuda_word_vector_backend(const WordVectorTask&, const CudaDevice&) {
  throw Error::usage(kReason);
}

}  // namespace wordfire
