// One training job in a container: from the files under /opt/ml to the artefacts in
// /opt/ml/model.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/prepare.h"
#include "sagemaker/container_job.h"
#include "sagemaker/container_log.h"
#include "sagemaker/raw_rows.h"
#include "sagemaker/vector_evaluation.h"
#include "train/model_files.h"
#include "train/training_job.h"

namespace wordfire {

class TrainingContainer {
 public:
  // image_tests: the image's folder of word pairs and analogies, which need not be there.
  // ranks: of a job on several hosts, one of which this is (dist/communicator.h). The first of
  // them tells log of the job; the others have only warnings for theirs.
  TrainingContainer(ContainerPaths paths, std::string image_tests, ContainerLog log,
                    Communicator& ranks);
  ~TrainingContainer();

  // Trains, and, on the first of several hosts alone, writes the artefacts: model.bin,
  // model.manifest.json and metrics.json of a classifier; vectors.bin, vectors.txt,
  // vectors.manifest.json, metrics.json and, measured, eval.json of word vectors. Until the model
  // has its name an error leaves the folder as it was; afterwards one is a warning in the log.
  // Returns whether there is a model: not if request_stop() came before there was one. Throws
  // Error, in the words of a job.
  bool run();

  // Asks run() to end soon with the best or the current weights, if it has any. Safe in a signal
  // handler and from any thread, and at any time.
  void request_stop() noexcept;

 private:
  void announce(const ContainerJob& job) const;
  void announce_device(const ContainerJob& job) const;
  bool run_job(const ContainerJob& job);
  void log_command(const ContainerJob& job, const Options& options) const;
  [[nodiscard]] bool is_first() const { return ranks_.rank() == 0; }
  bool prepare_rows(const ContainerJob& job, Options& options);
  TrainingResult train(const Options& options, ModelFiles files);
  void measure(const ContainerJob& job, const TrainingResult& result, VectorTests tests) const;
  void write_metrics(const ContainerJob& job, const TrainingResult& result,
                     const std::optional<double>& mean_rho) const;
  std::optional<double> evaluate(const ModelFiles& files, VectorTests tests) const;

  ContainerPaths paths_;
  std::string image_tests_;
  ContainerLog log_;
  Communicator& ranks_;
  std::atomic<bool> stop_ = false;
  // They stay while this object lives, so that a signal handler never meets one that is gone.
  std::optional<ScratchFolder> scratch_;
  std::vector<std::unique_ptr<PrepareJob>> prepare_jobs_;
  std::unique_ptr<TrainingJob> training_job_;
  std::atomic<PrepareJob*> preparing_ = nullptr;
  std::atomic<TrainingJob*> training_ = nullptr;
};

}  // namespace wordfire
