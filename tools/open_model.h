// Opens models for the verbs that use them.
#pragma once

#include <memory>
#include <string>

#include "core/model.h"
#include "io/model_file.h"

namespace wordfire {

// load_model(), its warnings printed to standard error.
[[nodiscard]] std::shared_ptr<const Model> open_model(const std::string& path);

// As above. Throws Error (model) for a model of word vectors.
[[nodiscard]] std::shared_ptr<const Model> open_classifier(const std::string& path);

}  // namespace wordfire
