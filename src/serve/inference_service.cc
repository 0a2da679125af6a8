#include "serve/inference_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <new>

#include "serve/page.h"

namespace wordfire::serve {
namespace {

constexpr std::string_view kModels = "/models";
constexpr std::string_view kInvoke = "/invoke";

// What batch transform should send: concurrent requests, and MiB in each; their product may be 100
// at most. BatchStrategy is left out: the platform's default is right, and the Python SDK's local
// mode knows it by other names than the platform.
std::string execution_parameters(const InferenceSettings& settings) {
  constexpr size_t kMostTogether = 100;
  constexpr size_t kUsual = 6;  // the platform's own default
  const auto workers = static_cast<size_t>(std::max(settings.workers, 1));
  const size_t concurrent = std::min(workers, kMostTogether / 2);
  const size_t payload =
      std::min({settings.payload_bytes >> 20, kMostTogether / concurrent, kUsual});
  return fmt::format(R"({{"MaxConcurrentTransforms":{},"MaxPayloadInMB":{}}})", concurrent,
                     std::max<size_t>(payload, 1));
}

// Models grow within the store's memory.
InferenceSettings within(ModelStore& store, InferenceSettings settings) {
  settings.rules.room = [&store](int64_t bytes) { return store.room(bytes); };
  return settings;
}

// A path below /models: the name, still encoded, and whether "/invoke" stands behind it. The name
// is empty where the path is no such one.
struct ModelPath {
  std::string_view name;
  bool invoke = false;
};

ModelPath model_path(std::string_view path) {
  if (!path.starts_with(kModels) || path.substr(kModels.size(), 1) != "/") return {};
  path.remove_prefix(kModels.size() + 1);
  const bool invoke = path.ends_with(kInvoke);
  if (invoke) path.remove_suffix(kInvoke.size());
  if (path.find('/') != std::string_view::npos) return {};
  return {path, invoke};
}

}  // namespace

InferenceService::InferenceService(const InferenceSettings& settings, ModelStore& store)
    : settings_(within(store, settings)),
      execution_parameters_(execution_parameters(settings)),
      store_(store),
      scratch_(static_cast<size_t>(std::max(settings.workers, 1) + settings.slow_workers)),
      ready_(is_multi_model()) {}

Route InferenceService::route(std::string_view path) const noexcept {
  if (path == "/execution-parameters") return {Endpoint::kExecutionParameters, "GET, HEAD"};
  if (!is_multi_model()) {
    if (path == "/invocations") return {Endpoint::kInvocations, "POST"};
    if (path == "/") return {Endpoint::kPage, "GET, HEAD"};
    return {};
  }
  if (path == kModels) return {Endpoint::kModels, "GET, POST"};
  const ModelPath model = model_path(path);
  if (model.name.empty()) return {};
  if (model.invoke) return {Endpoint::kInvocations, "POST"};
  return {Endpoint::kModels, "DELETE, GET"};
}

bool InferenceService::takes_long(const Call& call) const noexcept {
  if (!is_multi_model()) return false;
  if (call.path == kModels) return call.method == "POST";
  const ModelPath model = model_path(call.path);
  if (model.name.empty()) return false;
  if (!model.invoke) return call.method == "DELETE";
  try {
    return is_set_aside(model.name);
  } catch (const std::bad_alloc&) {
    return true;
  }
}

// One that is in memory now is the last to be set aside before its turn comes: it was asked for.
bool InferenceService::is_set_aside(std::string_view encoded_name) const {
  const auto name = decode_model_name(encoded_name);
  if (!name || store_.find(*name)) return false;
  const auto entry = store_.describe(*name);
  return entry && !entry->in_memory;
}

Answer InferenceService::answer(const Call& call, int worker) noexcept {
  try {
    return answer_or_throw(call, scratch_[static_cast<size_t>(worker)]);
  } catch (const std::exception& error) {
    return refusal(error);
  }
}

Answer InferenceService::answer_or_throw(const Call& call, AnswerScratch& scratch) {
  if (call.path == "/execution-parameters") return {200, "application/json", execution_parameters_};
  if (is_multi_model()) return answer_many(call, scratch);
  const auto model = store_.find(kOnlyModel);
  if (!model) return refusal(503, "the model is being loaded; try again");
  if (call.path == "/") return page(*model);
  return serve::answer(*model, call.request, settings_.rules, scratch);
}

Answer InferenceService::answer_many(const Call& call, AnswerScratch& scratch) {
  if (call.path == kModels) {
    return call.method == "POST"
               ? answer_load(store_, settings_.models_root, call.request.body, settings_.log)
               : answer_list(store_, call.query);
  }
  const ModelPath path = model_path(call.path);
  if (!path.invoke) {
    return call.method == "DELETE" ? answer_unload(store_, path.name, settings_.log)
                                   : answer_describe(store_, path.name);
  }
  const auto ask = [&](const ServedModel& model) {
    return serve::answer(model, call.request, settings_.rules, scratch);
  };
  return answer_invoke(store_, path.name, ask, settings_.log);
}

}  // namespace wordfire::serve
