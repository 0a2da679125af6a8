// The paths of an inference server, and who answers them: /invocations for one model,
// /models/NAME/invoke and the rest of SageMaker's multi-model API for many,
// /execution-parameters, and the page at /.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "serve/answer.h"
#include "serve/model_store.h"
#include "serve/multi_model.h"
#include "serve/service.h"

namespace wordfire::serve {

// The name of the only model of a server that has one.
inline constexpr std::string_view kOnlyModel = "model";

struct InferenceSettings {
  AnswerRules rules = {};
  int workers = 1;
  int slow_workers = 0;
  size_t payload_bytes = size_t{100} << 20;  // the longest body that is taken
  // The folder below which models may be loaded by requests; empty for a server of one model.
  std::string models_root = {};
  ModelLog log = {};  // of these models; called from all threads
};

class InferenceService final : public Service {
 public:
  // store: must outlive the service. A server of many models is ready at once.
  InferenceService(const InferenceSettings& settings, ModelStore& store);

  // The store has kOnlyModel: requests are answered from now on.
  void set_ready() { ready_ = true; }

  [[nodiscard]] bool ready() const noexcept override { return ready_; }
  [[nodiscard]] Route route(std::string_view path) const noexcept override;
  [[nodiscard]] bool takes_long(const Call& call) const noexcept override;
  [[nodiscard]] Answer answer(const Call& call, int worker) noexcept override;

 private:
  [[nodiscard]] bool is_multi_model() const { return !settings_.models_root.empty(); }
  [[nodiscard]] bool is_set_aside(std::string_view encoded_name) const;
  [[nodiscard]] Answer answer_or_throw(const Call& call, AnswerScratch& scratch);
  [[nodiscard]] Answer answer_many(const Call& call, AnswerScratch& scratch);

  const InferenceSettings settings_;
  const std::string execution_parameters_;
  ModelStore& store_;
  std::vector<AnswerScratch> scratch_;  // one a worker
  std::atomic<bool> ready_;
};

}  // namespace wordfire::serve
