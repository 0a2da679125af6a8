// SageMaker's API for endpoints with many models (AWS: "Build Your Own Container for SageMaker
// Multi-Model Endpoints"), without the HTTP around it. Answers are JSON; those that refuse are
// {"code": 404, "type": "...", "message": "..."}. What a model says of a request, and the server of
// paths and methods that are none of these, is text.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "serve/answer.h"
#include "serve/model_store.h"

namespace wordfire::serve {

// Gets what an operator should know, a line each: which models come and go, their warnings, and
// what is refused.
using ModelLog = std::function<void(std::string_view)>;

// The name in a part of a path, %XX decoded; nullopt where it is none (model_name.h).
[[nodiscard]] std::optional<std::string> decode_model_name(std::string_view part);

// POST /models, body {"model_name": "...", "url": "..."}: loads the model below the folder `url`.
// 200; 400 for a body, name or model that is wrong, or a url that is not below `root`; 404 for a
// url without a model; 409 for a name that is there; 503 for files that cannot be read for the
// moment; 507 where room is lacking. Takes as long as the load.
[[nodiscard]] Answer answer_load(ModelStore& store, const std::string& root, std::string_view body,
                                 const ModelLog& log = {});

// GET /models: {"models": [{"modelName": "...", "modelUrl": "..."}], "nextPageToken": "..."}; the
// token is there if more follow. query: what stands behind '?', limit (1 to 100, which is the
// default) and next_page_token; 400 for others than these numbers.
[[nodiscard]] Answer answer_list(const ModelStore& store, std::string_view query);

// GET /models/PART: {"modelName": "...", "modelUrl": "..."} or 404.
[[nodiscard]] Answer answer_describe(const ModelStore& store, std::string_view part);

// DELETE /models/PART: 200 when the memory is free, or 404. Waits for requests under way.
[[nodiscard]] Answer answer_unload(ModelStore& store, std::string_view part,
                                   const ModelLog& log = {});

// POST /models/PART/invoke: what `ask` answers with the model, which is loaded again if it was set
// aside. 404 where there is no such model, or its files are gone by then: it is unloaded so that it
// can be loaded anew; 503 for files that cannot be read for the moment, 507 where room is lacking,
// 500 for files that are no longer a model. Only the log tells paths.
using AskModel = std::function<Answer(const ServedModel& model)>;
[[nodiscard]] Answer answer_invoke(ModelStore& store, std::string_view part, const AskModel& ask,
                                   const ModelLog& log = {});

}  // namespace wordfire::serve
