// Small classifiers in a folder, which differ in the label that they give.
#pragma once

#include <sys/resource.h>

#include <string>

#include "io/manifest.h"
#include "serve/served_model.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/model_bytes.h"
#include "tests/io/peak_memory.h"

namespace wordfire::serve {

// A model that gives label 0 or 1 to whatever knows a word.
inline std::string classifier_bytes(int label) {
  const float first = label == 0 ? 1000.0f : -1000.0f;
  return ModelBytes::dense().with("output values", first);
}

// The label that it gives.
inline int label_of(const ServedModel& model) {
  PredictScratch scratch;
  std::vector<Prediction> best;
  model.predictor().encode("the x\n", scratch);
  model.predictor().predict(scratch, 1, 0.0f, best);
  return best.empty() ? -1 : best.front().label;
}

// UndefinedBehaviorSanitizer, which comes with AddressSanitizer here, looks at objects through a
// pipe.
inline constexpr bool kDescriptorsMayRunOut = kMemoryCanBeMeasured;

// While it lives, the process opens no further file.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class ModelFilesTest : public FolderTest {
 protected:
  // A file that takes the place of an older one as a whole, as saving does it.
  std::string put(const std::string& name, const std::string& bytes) const {
    const std::string temporary = write(name + ".new", bytes);
    std::filesystem::rename(temporary, path(name));
    return path(name);
  }
  std::string put_model(const std::string& name, int label) const {
    return put(name, classifier_bytes(label));
  }
  void put_manifest(const std::string& model, int64_t size, uint64_t checksum) const {
    Manifest manifest;
    manifest.files = {{model, size, checksum}};
    write_manifest(manifest_path(path(model)), manifest);
  }
};

}  // namespace wordfire::serve
