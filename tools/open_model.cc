#include "open_model.h"

#include "core/error.h"
#include "standard_streams.h"

namespace wordfire {

std::shared_ptr<const Model> open_model(const std::string& path) {
  LoadedModel loaded = load_model(path);
  for (const std::string& warning : loaded.warnings) print_error("warning: " + warning);
  return loaded.model;
}

std::shared_ptr<const Model> open_classifier(const std::string& path) {
  std::shared_ptr<const Model> model = open_model(path);
  if (model->args.model != ModelKind::kSupervised) {
    throw Error::model(path + ": this is a model of word vectors, want a classifier");
  }
  return model;
}

}  // namespace wordfire
