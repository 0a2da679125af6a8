// The backend that a run's options ask for.
#pragma once

#include <memory>
#include <vector>

#include "core/backend.h"
#include "core/loss.h"
#include "core/options.h"
#include "train/device_choice.h"
#include "train/training_data.h"

namespace wordfire {

// A backend and what it looks at; data and weights outlive it.
class JobBackend {
 public:
  // On the chosen device; where its GPU refuses the run and need not train it, on the CPU.
  JobBackend(const Options& options, const TrainingData& data, Weights& weights,
             DeviceChoice device, int threads);
  // The backend refers to members.
  JobBackend(const JobBackend&) = delete;
  JobBackend& operator=(const JobBackend&) = delete;

  [[nodiscard]] Backend& backend() { return *backend_; }
  // Where it trains.
  [[nodiscard]] const DeviceChoice& device() const { return device_; }

 private:
  DeviceChoice device_;
  std::vector<int64_t> counts_;  // of what is predicted
  std::unique_ptr<Loss> loss_;
  std::unique_ptr<Backend> backend_;
};

}  // namespace wordfire
