#include "cuda/text_runs.h"

#include <algorithm>
#include <chrono>

namespace wordfire {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Lines at once times the learning rate. bench/gpu/text_staleness on AG News and DBpedia (4 and 14
// labels, d 10, bigrams, 5 epochs, rates 0.1 to 1): softmax and hierarchical softmax lose nothing
// with 16, some of them 0.1 point with 32, and diverge with 64; negative sampling among 4 labels
// loses nothing with 16 and diverges with 32. One versus all likewise with these, but with 735
// labels (cooking, d 50, rate 0.5) it is sound with 1.5 and diverges with 2: every line pushes all
// of them.
double most_lines_times_rate(LossKind loss, int64_t labels) {
  switch (loss) {
    case LossKind::kOneVsAll:
      return std::clamp(512.0 / static_cast<double>(std::max<int64_t>(labels, 1)), 1.0, 8.0);
    case LossKind::kNegativeSampling:
      return 8;
    default:
      return 16;
  }
}

// Of all epochs of the run, about: the corpus may be a piece of the text.
int64_t lines_of_run(const RangePlan& plan, const Corpus& corpus) {
  const int64_t tokens = corpus.tokens_before(corpus.examples());
  if (tokens <= 0) return 0;
  const double lines_of_token =
      static_cast<double>(corpus.examples()) / static_cast<double>(tokens);
  return static_cast<int64_t>(static_cast<double>(plan.epoch_tokens) * lines_of_token *
                              plan.epochs);
}

}  // namespace

int64_t lines_at_once(LossKind loss, int64_t labels, float lr, int64_t most) {
  const double rate = std::max(static_cast<double>(lr), 1e-6);
  const auto lines = static_cast<int64_t>(most_lines_times_rate(loss, labels) / rate);
  return std::clamp<int64_t>(lines, 1, std::max<int64_t>(most, 1));
}

void RunLength::took(int64_t lines, double seconds) {
  constexpr double kWanted = 0.05;
  constexpr double kMostGrowth = 4;
  constexpr int64_t kLeast = 256;
  constexpr int64_t kMost = int64_t{1} << 26;
  if (seconds <= 0 || lines <= 0) return;
  const double wanted = static_cast<double>(lines) * kWanted / seconds;
  const double most = static_cast<double>(lines_) * kMostGrowth;
  lines_ = std::clamp(static_cast<int64_t>(std::min(wanted, most)), kLeast, kMost);
}

TextRuns::TextRuns(const SupervisedTask& task, const RangePlan& plan, TextEngine& engine,
                   int64_t most_lines)
    : task_(task),
      plan_(plan),
      engine_(engine),
      most_lines_(std::min(most_lines, lines_of_run(plan, task.corpus) / kTextPartOfRun)) {}

RangeResult TextRuns::run(RunLength& length) {
  const ExampleRange range = plan_.range;
  if (!range.empty() && !plan_.stop) {
    engine_.begin_range();
    for (int64_t at = range.begin; at < range.end;) {
      const int64_t end = engine_.fetch({at, range.end});
      if (!run_fetched(at, end, length)) break;
      at = end;
    }
  }
  result_.end.lr = learning_rate(plan_, task_.corpus.tokens_before(range.end));
  return result_;
}

bool TextRuns::run_fetched(int64_t begin, int64_t end, RunLength& length) {
  for (int64_t at = begin; at < end;) {
    if (plan_.stop) return false;
    const ExampleRange lines{at, std::min(end, at + length.lines())};
    const auto started = Clock::now();
    if (!run_lines(lines)) return false;
    length.took(lines.size(), seconds_since(started));
    at = lines.end;
  }
  return true;
}

bool TextRuns::run_lines(ExampleRange lines) {
  const Corpus& corpus = task_.corpus;
  const TextRun run{.begin = lines.begin,
                    .end = lines.end,
                    .examples_before = plan_.examples_before,
                    .rate = schedule_of(plan_)};
  const float lr = run.rate.at(corpus.tokens_before(lines.begin));
  const int64_t labels = task_.weights.output.rows();
  const TextSums sums =
      engine_.train(run, lines_at_once(task_.loss.kind(), labels, lr, most_lines_));
  if (sums.diverged >= 0) {
    fail(sums.diverged);
    return false;
  }
  RangeProgress& now = result_.end;
  now.tokens = corpus.tokens_before(lines.end) - corpus.tokens_before(plan_.range.begin);
  now.examples = lines.end - plan_.range.begin;
  now.loss_sum += sums.loss;
  now.lr = run.rate.at(corpus.tokens_before(lines.end));
  if (plan_.progress) plan_.progress(now);
  return true;
}

void TextRuns::fail(int64_t example) {
  result_.diverged = true;
  result_.diverged_example = plan_.examples_before + example;
  result_.diverged_lr = learning_rate(plan_, task_.corpus.tokens_before(example));
}

}  // namespace wordfire
