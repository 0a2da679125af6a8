// The weights on the GPU: from the first range on they stay there, and come back when the host is
// to look at them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/backend.h"
#include "cuda/device_memory.h"

namespace wordfire {

class DeviceMatrix {
 public:
  // host: outlives this object. Rows lie as they do there.
  explicit DeviceMatrix(SharedMatrix& host)
      : host_(host),
        pinned_(host.row(0), SharedMatrix::bytes_for(host.rows(), host.dim())),
        device_(bytes_for(host)) {}

  // Bytes on the device. One row more: that of a word that is drawn when a vocabulary has no other
  // than the target.
  [[nodiscard]] static int64_t bytes_for(const SharedMatrix& host) {
    return SharedMatrix::bytes_for(host.rows() + 1, host.dim());
  }

  [[nodiscard]] float* rows() const { return static_cast<float*>(device_.data()); }
  void upload(int64_t begin, int64_t end, const Stream& stream) const {
    device_.upload(host_.row(begin), bytes_of(begin), bytes_of(end - begin), stream);
  }
  void download(int64_t begin, int64_t end, const Stream& stream) {
    device_.download(host_.row(begin), bytes_of(begin), bytes_of(end - begin), stream);
  }
  [[nodiscard]] int64_t size() const { return host_.rows(); }
  void zero(const Stream& stream) const { device_.zero(stream); }

 private:
  [[nodiscard]] int64_t bytes_of(int64_t rows) const {
    return SharedMatrix::bytes_for(rows, host_.dim());
  }

  SharedMatrix& host_;
  PinnedRange pinned_;
  DeviceBytes device_;
};

class DeviceWeights {
 public:
  // host: outlives this object. The spare rows are zeros.
  DeviceWeights(Weights& host, const Stream& stream) : input_(host.input), output_(host.output) {
    input_.zero(stream);
    output_.zero(stream);
  }

  [[nodiscard]] float* input() const { return input_.rows(); }
  [[nodiscard]] float* output() const { return output_.rows(); }

  // See core/backend.h. What they queue of copies to the GPU is done before what is queued behind
  // them; the others wait.
  void take(const Stream& stream) {
    if (are_here_) return;
    input_.upload(0, input_.size(), stream);
    output_.upload(0, output_.size(), stream);
    are_here_ = true;
  }
  void give(const Stream& stream) {
    if (!are_here_) return;
    input_.download(0, input_.size(), stream);
    output_.download(0, output_.size(), stream);
    stream.wait();
    are_here_ = false;
  }
  void give_rows(std::span<const WeightRows> rows, const Stream& stream) {
    if (!are_here_) return;
    for (const WeightRows& some : rows) matrix_of(some).download(some.begin, some.end, stream);
    stream.wait();
  }
  void take_rows(std::span<const WeightRows> rows, const Stream& stream) {
    if (!are_here_) return;
    for (const WeightRows& some : rows) matrix_of(some).upload(some.begin, some.end, stream);
    stream.wait();  // the host may change them again
  }

 private:
  [[nodiscard]] DeviceMatrix& matrix_of(const WeightRows& rows) {
    return rows.output ? output_ : input_;
  }

  DeviceMatrix input_;
  DeviceMatrix output_;
  bool are_here_ = false;
};

}  // namespace wordfire
