// Text classifiers on a GPU: tokens a second over a text that is repeated until it keeps the GPU
// busy, and precision at 1 beside that of the CPU, each the mean of some seeds, in the same run.
//
//   text_throughput TRAIN TEST LOSS DIM WORD_NGRAMS EPOCHS LR REPEATS SEEDS THREADS
//   text_throughput dbpedia/train.txt dbpedia/test.txt softmax 10 2 5 0.1 100 5 16
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include "bench/gpu/text_study.h"
#include "core/error.h"
#include "cuda/cuda_backend.h"

namespace wordfire {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// A corpus, so many times over.
struct RepeatedText {
  RepeatedText(const Corpus& once, int repeats) {
    for (int i = 0; i < repeats; ++i) {
      add_ends(once.feature_end, feature_end);
      add_ends(once.label_end, label_end);
      add_ends(once.token_end, token_end);
      features.insert(features.end(), once.features.begin(), once.features.end());
      labels.insert(labels.end(), once.labels.begin(), once.labels.end());
    }
  }
  static void add_ends(std::span<const int64_t> once, std::vector<int64_t>& all) {
    const int64_t before = all.empty() ? 0 : all.back();
    for (const int64_t end : once) all.push_back(before + end);
  }
  // owner: keeps this text, which tells the backend that it does not change.
  [[nodiscard]] static Corpus corpus_of(const std::shared_ptr<RepeatedText>& owner) {
    return {owner->features,  owner->feature_end, owner->labels,
            owner->label_end, owner->token_end,   owner};
  }

  std::vector<int32_t> features;
  std::vector<int64_t> feature_end;
  std::vector<int32_t> labels;
  std::vector<int64_t> label_end;
  std::vector<int64_t> token_end;
};

const std::atomic<bool> kNoStop = false;

RangePlan plan_of(const Corpus& corpus, int32_t epoch, int32_t epochs, double lr) {
  return {.epoch = epoch,
          .epochs = epochs,
          .lr = lr,
          .epoch_tokens = corpus.token_end.back(),
          .range = {0, corpus.examples()},
          .stop = kNoStop};
}

// An epoch as a whole, and without what stands before its first report and behind its last one:
// weights and text on their way to the GPU, and weights on their way back.
void time_epoch(Backend& backend, const Corpus& corpus, int32_t epoch, int32_t epochs, double lr) {
  const auto start = Clock::now();
  Clock::time_point first;
  int64_t tokens_at_first = 0;
  double seconds = 0;
  int64_t tokens = 0;
  RangePlan plan = plan_of(corpus, epoch, epochs, lr);
  plan.progress = [&](const RangeProgress& now) {
    if (tokens_at_first == 0) {
      first = Clock::now();
      tokens_at_first = now.tokens;
    }
    seconds = seconds_since(first);
    tokens = now.tokens - tokens_at_first;
  };
  const RangeResult result = backend.train(plan);
  backend.give_weights();
  const double whole = seconds_since(start);
  const auto examples = static_cast<double>(result.end.examples);
  fmt::print(
      "epoch {}: {:.3f} s, {:.1f} M tokens/s; without copies {:.1f} M tokens/s; loss {:.4f}{}\n",
      epoch + 1, whole, static_cast<double>(result.end.tokens) / whole / 1e6,
      seconds > 0 ? static_cast<double>(tokens) / seconds / 1e6 : 0.0,
      result.end.loss_sum / examples, result.diverged ? ", diverged" : "");
  std::fflush(stdout);
}

void measure_speed(TextStudy& study, const CudaDevice& device, double lr, int repeats) {
  const auto text = std::make_shared<RepeatedText>(study.corpus(), repeats);
  const Corpus corpus = RepeatedText::corpus_of(text);
  Weights weights = study.first_weights(0);
  const auto backend = make_cuda_backend(study.task(weights, corpus), device);
  fmt::print("{} examples, {} tokens, {} input rows, {} labels\n", corpus.examples(),
             corpus.token_end.back(), weights.input.rows(), weights.output.rows());
  const int32_t epochs = study.args().epoch;
  for (int32_t i = 0; i < epochs; ++i) time_epoch(*backend, corpus, i, epochs, lr);
}

using Make = std::function<std::unique_ptr<Backend>(const SupervisedTask&)>;

void measure_quality(TextStudy& study, const char* name, double lr, int seeds, const Make& make) {
  double sum = 0;
  double seconds = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    Weights weights = study.first_weights(seed);
    const auto backend = make(study.task(weights, study.corpus()));
    const auto start = Clock::now();
    const int32_t epochs = study.args().epoch;
    for (int32_t i = 0; i < epochs; ++i) {
      (void)backend->train(plan_of(study.corpus(), i, epochs, lr));
    }
    backend->give_weights();
    seconds += seconds_since(start);
    sum += study.score(weights);
  }
  fmt::print("{}: P@1 {:.4f}, mean of {} seeds; {:.2f} s a run\n", name, sum / seeds, seeds,
             seconds / seeds);
  std::fflush(stdout);
}

int measure(char** argv) {
  const CudaSearch search = find_cuda_device(-1);
  if (!search.device) {
    fmt::print("skipped: {}\n", search.reason);
    return 0;
  }
  const double lr = std::atof(argv[7]);
  const int seeds = std::atoi(argv[9]);
  TextStudy study(study_options(argv + 1), std::atoi(argv[10]));
  fmt::print("{}, {} {} dim {} word n-grams {} lr {}\n", search.device->name, argv[1], argv[3],
             argv[4], argv[5], lr);
  measure_speed(study, *search.device, lr, std::atoi(argv[8]));
  measure_quality(study, "GPU", lr, seeds, [&](const SupervisedTask& task) {
    return make_cuda_backend(task, *search.device);
  });
  measure_quality(study, "CPU", lr, seeds,
                  [](const SupervisedTask& task) { return make_hogwild_backend(task); });
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  constexpr int kArguments = 11;
  if (argc == 1) {
    std::puts("skipped: it wants a training and a test text; see its head comment");
    return 0;
  }
  if (argc != kArguments) {
    std::fputs("text_throughput TRAIN TEST LOSS DIM WORD_NGRAMS EPOCHS LR REPEATS SEEDS THREADS\n",
               stderr);
    return 2;
  }
  try {
    return wordfire::measure(argv);
  } catch (const wordfire::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
