#include "tests/train/fake_gpu.h"

#include "cuda/cuda_backend.h"
#include "tests/dist/distant_weights.h"

namespace wordfire {
namespace {

CudaDevice gpu(int ordinal) {
  CudaDevice device;
  device.ordinal = ordinal;
  device.name = "A processor";
  device.free_bytes = device.total_bytes = fake_gpus().memory;
  return device;
}

class FakeGpu final : public Backend {
 public:
  // make(weights): a backend of processors that trains these.
  template <typename Make>
  FakeGpu(Weights& weights, const CudaDevice& device, Make make)
      : weights_(weights), trainer_(make(weights_.own())) {
    const std::lock_guard lock(fake_gpus().mutex);
    fake_gpus().trained_on.push_back(device.ordinal);
  }
  ~FakeGpu() override {
    const std::lock_guard lock(fake_gpus().mutex);
    fake_gpus().weights_taken += weights_.all_taken;
    fake_gpus().weights_given += weights_.all_given;
  }
  FakeGpu(const FakeGpu&) = delete;
  FakeGpu& operator=(const FakeGpu&) = delete;

  RangeResult train(const RangePlan& plan) override {
    weights_.take();
    weights_.forget();
    return trainer_->train(plan);
  }
  void give_weights() override { weights_.give(); }
  void give_rows(std::span<const WeightRows> rows) override { weights_.give_rows(rows); }
  void take_rows(std::span<const WeightRows> rows) override { weights_.take_rows(rows); }

 private:
  DistantWeights weights_;
  std::unique_ptr<Backend> trainer_;
};

}  // namespace

FakeGpus& fake_gpus() {
  static FakeGpus gpus;
  return gpus;
}

CudaSearch find_cuda_device(int ordinal) {
  FakeGpus& gpus = fake_gpus();
  const std::lock_guard lock(gpus.mutex);
  gpus.looked_for.push_back(ordinal);
  for (int i = ordinal < 0 ? 0 : ordinal; i < gpus.count; ++i) {
    if (!gpus.broken.contains(i)) return {.device = gpu(i), .reason = {}};
    if (ordinal >= 0) return {.device = {}, .reason = "it is broken", .is_fault = true};
  }
  return {.device = {}, .reason = "there is no such GPU"};
}

CudaSearch glance_at_cuda_device(int ordinal) { return find_cuda_device(ordinal); }

int cuda_device_count() { return fake_gpus().count; }

bool gpu_is_plugged_in() { return fake_gpus().count > 0; }

std::unique_ptr<Backend> make_cuda_backend(const SupervisedTask& task, const CudaDevice& device) {
  return std::make_unique<FakeGpu>(task.weights, device, [&](Weights& own) {
    return make_hogwild_backend(
        {task.corpus, task.subwords, task.loss, own, task.lr_update_rate, task.seed, 1});
  });
}

std::unique_ptr<Backend> make_cuda_word_vector_backend(const WordVectorTask& task,
                                                       const CudaDevice& device) {
  return std::make_unique<FakeGpu>(task.weights, device, [&](Weights& own) {
    return make_word_vector_backend({task.corpus, task.subwords, task.loss, task.args, task.counts,
                                     task.tokens, task.negative_power, task.batch_size, task.exact,
                                     own, task.seed, 1});
  });
}

}  // namespace wordfire
