// The folders of a training container, below one base: /opt/ml, or another in tests and where the
// variable SAGEMAKER_BASE_DIR names one.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace wordfire {

class ContainerPaths {
 public:
  explicit ContainerPaths(std::string base = "/opt/ml") : base_(std::move(base)) {}

  [[nodiscard]] std::string config(std::string_view file) const {
    return base_ + "/input/config/" + std::string(file);
  }
  [[nodiscard]] std::string data() const { return base_ + "/input/data"; }
  [[nodiscard]] std::string channel(std::string_view name) const {
    return data() + '/' + std::string(name);
  }
  [[nodiscard]] std::string model() const { return base_ + "/model"; }
  [[nodiscard]] std::string output() const { return base_ + "/output"; }
  [[nodiscard]] std::string failure() const { return output() + "/failure"; }
  [[nodiscard]] std::string tensorboard() const { return output() + "/tensorboard"; }
  [[nodiscard]] std::string checkpoints() const { return base_ + "/checkpoints"; }

 private:
  std::string base_;
};

}  // namespace wordfire
