// From files to a model that can be asked.
#pragma once

#include <memory>

#include "serve/model_source.h"
#include "serve/served_model.h"

namespace wordfire::serve {

// A source's model; bytes that differ from its manifest are one of its warnings. Throws what
// load_model_copy() throws.
[[nodiscard]] std::shared_ptr<const ServedModel> load_with_warning(const ModelSource& source);

// The same for one that takes the place of a good model: throws Error (model) for such bytes, and
// for values that are not finite.
[[nodiscard]] std::shared_ptr<const ServedModel> load_beyond_doubt(const ModelSource& source);

// The first answers of a model make its tables and touch its memory; no request waits for that.
void warm_up(const ServedModel& model);

}  // namespace wordfire::serve
