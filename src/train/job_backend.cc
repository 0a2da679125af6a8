#include "train/job_backend.h"

#include <utility>

#include "cuda/cuda_backend.h"

namespace wordfire {
namespace {

SupervisedTask classifier_task(const Options& options, const TrainingData& data, const Loss& loss,
                               Weights& weights, int threads) {
  return {.corpus = data.corpus,
          .subwords = data.subwords,
          .loss = loss,
          .weights = weights,
          .lr_update_rate = options.args.lr_update_rate,
          .seed = static_cast<uint64_t>(options.seed),
          .threads = threads};
}

WordVectorTask vector_task(const Options& options, const TrainingData& data, const Loss& loss,
                           std::span<const int64_t> counts, Weights& weights, int threads) {
  return {.corpus = data.corpus,
          .subwords = data.subwords,
          .loss = loss,
          .args = options.args,
          .counts = counts,
          .tokens = data.model->dictionary.ntokens(),
          .negative_power = options.ns_exponent,
          .batch_size = options.batch_size,
          .exact = options.exact,
          .weights = weights,
          .seed = static_cast<uint64_t>(options.seed),
          .threads = threads};
}

std::unique_ptr<Backend> make_backend(const SupervisedTask& task, const Options& options,
                                      const std::optional<CudaDevice>& gpu) {
  if (gpu) return make_cuda_backend(task, *gpu);
  return options.deterministic ? make_deterministic_backend(task) : make_hogwild_backend(task);
}

std::unique_ptr<Backend> make_backend(const WordVectorTask& task, const Options& options,
                                      const std::optional<CudaDevice>& gpu) {
  if (gpu) return make_cuda_word_vector_backend(task, *gpu);
  return options.deterministic ? make_deterministic_word_vector_backend(task)
                               : make_word_vector_backend(task);
}

// A GPU that refuses the run becomes the CPU.
template <typename Task>
std::unique_ptr<Backend> make_on(DeviceChoice& device, const Task& task, const Options& options) {
  try {
    return make_backend(task, options, device.gpu);
  } catch (const Error& refusal) {
    if (!device.gpu) throw;
    device = choose_cpu_instead(refusal, options, task.threads);
  }
  return make_backend(task, options, {});
}

}  // namespace

JobBackend::JobBackend(const Options& options, const TrainingData& data, Weights& weights,
                       DeviceChoice device, int threads)
    : device_(std::move(device)) {
  const Dictionary& dictionary = data.model->dictionary;
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  counts_ = is_classifier ? dictionary.label_counts() : dictionary.word_counts();
  loss_ = make_loss(options.args, counts_, options.ns_exponent);
  backend_ =
      is_classifier
          ? make_on(device_, classifier_task(options, data, *loss_, weights, threads), options)
          : make_on(device_, vector_task(options, data, *loss_, counts_, weights, threads),
                    options);
}

}  // namespace wordfire
