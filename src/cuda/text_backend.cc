// Text classifiers have no kernels yet.
#include "core/error.h"
#include "cuda/cuda_backend.h"

namespace wordfire {

std::unique_ptr<Backend> make_cuda_backend(const SupervisedTask&, const CudaDevice&) {
  throw Error::usage("text classifiers are not trained on a GPU yet; choose -device cpu");
}

}  // namespace wordfire
