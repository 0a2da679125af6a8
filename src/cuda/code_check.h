// Whether this program holds code that a GPU runs: an empty kernel, asked for there.
#pragma once

namespace wordfire {

// A cudaError_t, of the GPU that is current on the calling thread.
[[nodiscard]] int check_device_code();

}  // namespace wordfire
