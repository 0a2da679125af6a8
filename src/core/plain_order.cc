#include "core/plain_order.h"

#include <algorithm>
#include <vector>

#include "core/context_window.h"

namespace wordfire {
namespace {

class PlainOrder final : public LineTrainer {
 public:
  explicit PlainOrder(const WordVectorTask& task)
      : task_(task),
        hidden_(static_cast<size_t>(buffer_width(task.weights.input.dim()))),
        gradient_(hidden_.size()) {}

  void train(std::span<const int32_t> words, float lr, Rng& rng, LineLoss& loss) override {
    const auto n = static_cast<int64_t>(words.size());
    for (int64_t centre = 0; centre < n; ++centre) {
      const Window window = draw_window(centre, n, task_.args.ws, rng);
      if (task_.args.model == ModelKind::kCbow) {
        train_window(words, window, centre, lr, rng, loss);
      } else {
        train_pairs(words, window, centre, lr, rng, loss);
      }
    }
  }

 private:
  void train_pairs(std::span<const int32_t> words, const Window& window, int64_t centre, float lr,
                   Rng& rng, LineLoss& loss) {
    rows_.clear();
    append_rows(words[static_cast<size_t>(centre)]);
    for (int64_t position = window.begin; position < window.end; ++position) {
      if (position != centre) step(words[static_cast<size_t>(position)], lr, rng, loss);
    }
  }

  void train_window(std::span<const int32_t> words, const Window& window, int64_t centre, float lr,
                    Rng& rng, LineLoss& loss) {
    rows_.clear();
    for (int64_t position = window.begin; position < window.end; ++position) {
      if (position != centre) append_rows(words[static_cast<size_t>(position)]);
    }
    if (!rows_.empty()) step(words[static_cast<size_t>(centre)], lr, rng, loss);
  }

  void append_rows(int32_t word) {
    if (task_.subwords.empty()) {
      rows_.push_back(word);
      return;
    }
    const auto rows = task_.subwords.rows_of(word);
    rows_.insert(rows_.end(), rows.begin(), rows.end());
  }

  void step(int32_t target, float lr, Rng& rng, LineLoss& loss) {
    Weights& weights = task_.weights;
    weights.input.mean_of_rows(rows_, 0, hidden_.data());
    loss.sum +=
        task_.loss.gradient(weights.output, hidden_.data(), {&target, 1}, lr, rng, output_step_);
    ++loss.count;
    std::fill(gradient_.begin(), gradient_.end(), 0.0f);
    weights.output.outer_update(output_step_.rows(), output_step_.alpha, hidden_.data(),
                                gradient_.data());
    weights.input.add_to_rows(rows_, gradient_.data());
  }

  const WordVectorTask& task_;
  std::vector<int32_t> rows_;
  std::vector<float> hidden_;
  std::vector<float> gradient_;
  OutputStep output_step_;
};

}  // namespace

std::unique_ptr<LineTrainer> make_plain_order_trainer(const WordVectorTask& task) {
  return std::make_unique<PlainOrder>(task);
}

}  // namespace wordfire
