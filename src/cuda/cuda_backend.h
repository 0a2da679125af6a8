// Training on a GPU. The weights go there with the first range and come back when they are asked
// for; the corpus stays there as long as there is room for it.
#pragma once

#include <memory>

#include "core/backend.h"
#include "cuda/cuda_device.h"

namespace wordfire {

// Throw Error (usage) when the task is one that the GPU does not take, or needs more memory than is
// free there; the message says what to choose instead. Without CUDA in this program they always
// throw. The task's parts and its weights outlive the backend, which belongs to one thread.
[[nodiscard]] std::unique_ptr<Backend> make_cuda_backend(const SupervisedTask& task,
                                                         const CudaDevice& device);
[[nodiscard]] std::unique_ptr<Backend> make_cuda_word_vector_backend(const WordVectorTask& task,
                                                                     const CudaDevice& device);

}  // namespace wordfire
