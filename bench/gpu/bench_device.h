// What a benchmark trains on: a GPU, or as many threads of the CPU, by its arguments device and
// threads.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "bench/gpu/arguments.h"
#include "core/backend.h"
#include "core/error.h"
#include "cuda/cuda_backend.h"
#include "cuda/cuda_device.h"

namespace wordfire {

class BenchDevice {
 public:
  explicit BenchDevice(Arguments& arguments)
      : on_cpu_(names_cpu(arguments.text("device", "cuda"))),
        threads_(static_cast<int>(arguments.count("threads", 16))) {
    if (!on_cpu_) search_ = find_cuda_device(-1);
  }

  [[nodiscard]] bool is_there() const { return on_cpu_ || search_.device.has_value(); }
  // Says why there is none; returns the exit status for that.
  [[nodiscard]] int skip() const {
    std::printf("skipped: %s\n", search_.reason.c_str());
    return 0;
  }
  [[nodiscard]] std::string name() const {
    return on_cpu_ ? "CPU, " + std::to_string(threads_) + " threads" : search_.device->name;
  }
  [[nodiscard]] bool is_cpu() const { return on_cpu_; }
  [[nodiscard]] int threads() const { return threads_; }
  [[nodiscard]] std::unique_ptr<Backend> backend(const WordVectorTask& task) const {
    return on_cpu_ ? make_word_vector_backend(task)
                   : make_cuda_word_vector_backend(task, *search_.device);
  }
  [[nodiscard]] std::unique_ptr<Backend> backend(const SupervisedTask& task) const {
    return on_cpu_ ? make_hogwild_backend(task) : make_cuda_backend(task, *search_.device);
  }

 private:
  static bool names_cpu(const std::string& name) {
    if (name != "cpu" && name != "cuda") {
      throw Error::usage("argument device: got \"" + name + "\", want cuda or cpu");
    }
    return name == "cpu";
  }

  bool on_cpu_;
  int threads_;
  CudaSearch search_;
};

}  // namespace wordfire
