#include "core/line_trainer.h"

#include <algorithm>
#include <vector>

#include "core/context_window.h"
#include "core/plain_order.h"
#include "core/row_kernels.h"
#include "core/window_kernel.h"
#include "core/word_inputs.h"

namespace wordfire {
namespace {

// Every so many steps one is asked for its loss: the logarithms would take a tenth of the time.
constexpr uint32_t kLossEvery = 16;

// Steps whose negatives are drawn at a time.
constexpr size_t kStepsDrawn = 16;

// How often each of these is used where every row must be copied before it is used. Most copies are
// of negatives: with 4 uses training is twice as fast as with 1, and as good (17 M words, 5 epochs:
// analogies 44.7 and 44.5 %, MEN 0.670 and 0.666).
constexpr int kUsesOfCopies = 4;

// Positions ahead whose output rows are fetched.
constexpr int64_t kTargetsAhead = 2;

// The outputs of the next step: its targets, and negatives that were drawn when the step before was
// done, so that their rows come while it runs.
class StepOutputs {
 public:
  StepOutputs(const WordVectorTask& task, const AliasTable& negatives, TrainedRows output)
      : output_(output),
        table_(negatives),
        negatives_(static_cast<size_t>(task.args.neg)),
        uses_(output.are_copies() ? kUsesOfCopies : 1),
        ring_(kStepsDrawn * negatives_.size()) {}

  // Forgets what was drawn.
  void restart() {
    drawn_ = 0;
    uses_left_ = 0;
  }
  // The draws for another line are forgotten unless they are to be used again.
  void begin() {
    if (uses_ == 1) restart();
  }
  void draw(Rng& rng) {
    if (drawn_ < negatives_.size()) refill(rng);
    for (int32_t& word : negatives_) {
      word = ring_[--drawn_];
      output_.prefetch(word);
    }
  }
  // Returns the index of the word's output, which becomes a target unless the latest is the same.
  int32_t add_target(int32_t word) {
    if (targets_.empty() || targets_.back() != word) targets_.push_back(word);
    return static_cast<int32_t>(targets_.size()) - 1;
  }
  // Rows of targets, then negatives. A negative that is a target is drawn again.
  std::span<float* const> rows(Rng& rng) {
    rows_.clear();
    for (const int32_t word : targets_) rows_.push_back(output_.row(word));
    for (const int32_t word : negatives_) rows_.push_back(output_.row(no_target(word, rng)));
    return rows_;
  }
  [[nodiscard]] int64_t targets() const { return static_cast<int64_t>(targets_.size()); }
  // Ends the step.
  void clear_targets() { targets_.clear(); }

 private:
  // Many at a time, since each is a cache miss and these do not wait for each other.
  void refill(Rng& rng) {
    drawn_ = ring_.size();
    if (uses_left_-- > 0) return;
    for (int32_t& word : ring_) word = table_.draw(rng);
    uses_left_ = uses_ - 1;
  }

  // Gives up when targets hold nearly all the weight: a pair too many beats a run that hangs.
  int32_t no_target(int32_t word, Rng& rng) const {
    for (int attempt = 0; attempt < 64; ++attempt) {
      if (std::find(targets_.begin(), targets_.end(), word) == targets_.end()) return word;
      word = table_.draw(rng);
    }
    return targets_[0] == 0 ? 1 : targets_[0] - 1;
  }

  TrainedRows output_;
  const AliasTable& table_;
  std::vector<int32_t> targets_;
  std::vector<int32_t> negatives_;
  int uses_;  // of each draw
  int uses_left_ = 0;
  std::vector<int32_t> ring_;  // drawn, [0, drawn_) not used yet this time
  size_t drawn_ = 0;
  std::vector<float*> rows_;
};

// Steps of negative sampling, some of which report their loss.
class Stepper {
 public:
  explicit Stepper(const WordVectorTask& task) : width_(padded_width(task.weights.input.dim())) {}

  void step(std::span<float* const> inputs, std::span<const int32_t> targets,
            std::span<float* const> outputs, int64_t n_targets, float lr, LineLoss& loss) {
    const WindowStep step{inputs.data(),
                          outputs.data(),
                          targets.data(),
                          static_cast<int64_t>(inputs.size()),
                          static_cast<int64_t>(outputs.size()),
                          n_targets,
                          width_};
    SharedMatrix::step_window(step, lr, scratch_);
    if (steps_++ % kLossEvery != 0 || lr <= 0) return;
    loss.sum += window_loss(step, lr, scratch_);
    ++loss.count;
  }

 private:
  int64_t width_;
  uint32_t steps_ = 0;
  WindowScratch scratch_;
};

// Skipgram with shared negatives. Whether a word predicts its context or the context the word makes
// no difference to which pairs are seen; here the words of a window are the inputs and its centre
// is the target, so that the window's products share the target and the negatives. A window of more
// than batch_size words makes several steps (Ji et al. 2016, arXiv:1604.04661). Steps over several
// windows, whose words are mostly the same, would move a word twice away from the same negatives:
// that cost 2 points of analogies.
class WindowSkipgram final : public LineTrainer {
 public:
  WindowSkipgram(const WordVectorTask& task, const AliasTable& negatives, TrainedRows input,
                 TrainedRows output)
      : output_(output),
        ws_(task.args.ws),
        batch_size_(task.batch_size),
        inputs_(task, input, WordInputs::Form::kMean, span(task)),
        outputs_(task, negatives, output),
        stepper_(task) {}

  void restart() override { outputs_.restart(); }

  void train(std::span<const int32_t> words, float lr, Rng& rng, LineLoss& loss) override {
    const auto n = static_cast<int64_t>(words.size());
    inputs_.begin(words);
    outputs_.begin();
    outputs_.draw(rng);
    for (int64_t centre = 0; centre < n; ++centre) {
      const Window window = draw_window(centre, n, ws_, rng);
      inputs_.enter(std::min(n, centre + ws_ + 1));
      if (centre + kTargetsAhead < n) {
        output_.prefetch(words[static_cast<size_t>(centre + kTargetsAhead)]);
      }
      for (int64_t position = window.begin; position < window.end; ++position) {
        if (position == centre) continue;
        pairs_.push_back(inputs_.vector(position));
        targets_.push_back(outputs_.add_target(words[static_cast<size_t>(centre)]));
        if (static_cast<int32_t>(pairs_.size()) == batch_size_) step(lr, rng, loss);
      }
      step(lr, rng, loss);
      inputs_.leave(std::max<int64_t>(0, centre - ws_));
    }
    inputs_.leave(n);
  }

 private:
  // A window, and the word that enters.
  static int64_t span(const WordVectorTask& task) { return 2 * int64_t{task.args.ws} + 2; }

  void step(float lr, Rng& rng, LineLoss& loss) {
    if (pairs_.empty()) return;
    const auto rows = outputs_.rows(rng);
    const int64_t n_targets = outputs_.targets();
    outputs_.draw(rng);
    stepper_.step(pairs_, targets_, rows, n_targets, lr, loss);
    outputs_.clear_targets();
    pairs_.clear();
    targets_.clear();
  }

  TrainedRows output_;
  int32_t ws_;
  int32_t batch_size_;
  WordInputs inputs_;
  StepOutputs outputs_;
  Stepper stepper_;
  std::vector<float*> pairs_;     // their inputs
  std::vector<int32_t> targets_;  // of the pairs
};

// CBOW: the mean of all rows of the window's words predicts the centre.
class WindowCbow final : public LineTrainer {
 public:
  WindowCbow(const WordVectorTask& task, const AliasTable& negatives, TrainedRows input,
             TrainedRows output)
      : output_(output),
        ws_(task.args.ws),
        width_(buffer_width(task.weights.input.dim())),
        inputs_(task, input, WordInputs::Form::kSum, 2 * int64_t{task.args.ws} + 2),
        outputs_(task, negatives, output),
        stepper_(task),
        hidden_(static_cast<size_t>(width_)),
        before_(static_cast<size_t>(width_)) {}

  void restart() override { outputs_.restart(); }

  void train(std::span<const int32_t> words, float lr, Rng& rng, LineLoss& loss) override {
    const auto n = static_cast<int64_t>(words.size());
    inputs_.begin(words);
    outputs_.begin();
    outputs_.draw(rng);
    for (int64_t centre = 0; centre < n; ++centre) {
      const Window window = draw_window(centre, n, ws_, rng);
      inputs_.enter(std::min(n, centre + ws_ + 1));
      if (centre + kTargetsAhead < n) {
        output_.prefetch(words[static_cast<size_t>(centre + kTargetsAhead)]);
      }
      if (window.end - window.begin > 1) {
        outputs_.add_target(words[static_cast<size_t>(centre)]);
        step(window, centre, lr, rng, loss);
      }
      inputs_.leave(std::max<int64_t>(0, centre - ws_));
    }
    inputs_.leave(n);
  }

 private:
  void step(const Window& window, int64_t centre, float lr, Rng& rng, LineLoss& loss) {
    mean_of(window, centre);
    std::copy(hidden_.begin(), hidden_.end(), before_.begin());
    const auto rows = outputs_.rows(rng);
    outputs_.draw(rng);
    float* const hidden = hidden_.data();
    const int32_t target = 0;
    stepper_.step({&hidden, 1}, {&target, 1}, rows, 1, lr, loss);
    outputs_.clear_targets();
    kernels::add_scaled(before_.data(), -1, static_cast<int32_t>(width_), hidden);
    // Every row of the window gets the gradient of the mean whole, as in fastText.
    for (int64_t position = window.begin; position < window.end; ++position) {
      if (position == centre) continue;
      SharedMatrix::add_scaled(hidden, static_cast<float>(inputs_.rows(position)),
                               padded_width(output_.dim()), inputs_.vector(position));
    }
  }

  void mean_of(const Window& window, int64_t centre) {
    std::fill(hidden_.begin(), hidden_.end(), 0.0f);
    int64_t rows = 0;
    for (int64_t position = window.begin; position < window.end; ++position) {
      if (position == centre) continue;
      SharedMatrix::add_scaled(inputs_.vector(position), 1, padded_width(output_.dim()),
                               hidden_.data());
      rows += inputs_.rows(position);
    }
    kernels::scale(hidden_.data(), width_, 1.0f / static_cast<float>(rows));
  }

  TrainedRows output_;
  int32_t ws_;
  int64_t width_;
  WordInputs inputs_;
  StepOutputs outputs_;
  Stepper stepper_;
  std::vector<float> hidden_;
  std::vector<float> before_;
};

}  // namespace

std::unique_ptr<LineTrainer> make_line_trainer(const WordVectorTask& task,
                                               const AliasTable& negatives, TrainedRows input,
                                               TrainedRows output) {
  if (task.exact || task.loss.kind() != LossKind::kNegativeSampling) {
    return make_plain_order_trainer(task);
  }
  if (task.args.model == ModelKind::kCbow) {
    return std::make_unique<WindowCbow>(task, negatives, input, output);
  }
  return std::make_unique<WindowSkipgram>(task, negatives, input, output);
}

}  // namespace wordfire
