// A matrix of weights on the GPU while a range is trained.
#pragma once

#include <cstdint>

#include "core/shared_matrix.h"
#include "cuda/device_memory.h"

namespace wordfire {

class DeviceMatrix {
 public:
  // host: outlives this object. Rows lie as they do there.
  explicit DeviceMatrix(SharedMatrix& host)
      : host_(host),
        bytes_(SharedMatrix::bytes_for(host.rows(), host.dim())),
        pinned_(host.row(0), bytes_),
        device_(bytes_for(host)) {}

  // Bytes on the device. One row more: that of a word that is drawn when a vocabulary has no other
  // than the target.
  [[nodiscard]] static int64_t bytes_for(const SharedMatrix& host) {
    return SharedMatrix::bytes_for(host.rows() + 1, host.dim());
  }

  [[nodiscard]] float* rows() const { return static_cast<float*>(device_.data()); }
  void upload(const Stream& stream) const { device_.upload(host_.row(0), 0, bytes_, stream); }
  void download(const Stream& stream) { device_.download(host_.row(0), 0, bytes_, stream); }
  void zero(const Stream& stream) const { device_.zero(stream); }

 private:
  SharedMatrix& host_;
  int64_t bytes_;
  PinnedRange pinned_;
  DeviceBytes device_;
};

}  // namespace wordfire
