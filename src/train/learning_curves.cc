#include "train/learning_curves.h"

#include <utility>
#include <vector>

#include "core/error.h"

namespace wordfire {

LearningCurves::LearningCurves(const std::string& folder,
                               std::function<void(const std::string&)> warning)
    : file_(folder), warning_(std::move(warning)) {}

void LearningCurves::restart_at(int epoch) {
  write([&] { file_.restart_at(epoch); });
}

void LearningCurves::add(const EpochReport& report) {
  std::vector<Scalar> values = {{"train/loss", report.loss},
                                {"train/learning_rate", report.lr},
                                {"train/words_per_second", report.words_per_second}};
  if (report.validation) values.push_back({"validation/accuracy", report.validation->precision});
  write([&] { file_.write(report.epoch, values); });
}

template <typename Write>
void LearningCurves::write(Write write) {
  if (failed_) return;
  try {
    write();
  } catch (const Error& error) {
    failed_ = true;
    if (warning_) warning_(std::string(error.what()) + "; learning curves end here");
  }
}

}  // namespace wordfire
