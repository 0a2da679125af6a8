// Text classifiers on a GPU: tokens a second over a text that is repeated until it keeps the GPU
// busy, how near that is to what the GPU can do (roofline.h), and precision at 1 beside that of the
// CPU, each the mean of some seeds, in the same run.
//
//   text_throughput train=PATH test=PATH [loss=softmax] [dim=10] [ngrams=2] [bucket=2e6] [epochs=5]
//                   [lr=0.1] [repeats=100] [seeds=5] [device=cuda] [threads=16]
//                   [rates=OUTPUT OF row_probe]
//
// device: cpu, for the speed of so many threads of the CPU, and no comparison.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include "bench/gpu/arguments.h"
#include "bench/gpu/bench_device.h"
#include "bench/gpu/repeated_text.h"
#include "bench/gpu/roofline.h"
#include "bench/gpu/text_study.h"
#include "bench/gpu/timed_epoch.h"
#include "core/error.h"

namespace wordfire {
namespace {

struct Plan {
  explicit Plan(Arguments arguments)
      : train(arguments.text("train", "")),
        test(arguments.text("test", "")),
        lr(arguments.number("lr", 0.1)),
        repeats(arguments.count("repeats", 100)),
        seeds(static_cast<int32_t>(arguments.count("seeds", 5))),
        rates(read_row_rates(arguments.text("rates", ""))),
        device(arguments) {
    args.loss = loss_named(arguments.text("loss", "softmax"));
    args.dim = static_cast<int32_t>(arguments.count("dim", 10));
    args.word_ngrams = static_cast<int32_t>(arguments.count("ngrams", 2));
    args.bucket = static_cast<int32_t>(arguments.count("bucket", 2'000'000));
    args.epoch = static_cast<int32_t>(arguments.count("epochs", 5));
    arguments.finish();
    if (train.empty() || test.empty()) {
      throw Error::usage("want train=PATH and test=PATH, texts of a classifier");
    }
  }

  std::string train;
  std::string test;
  ModelArgs args;
  double lr;
  int64_t repeats;
  int32_t seeds;
  RowRates rates;
  BenchDevice device;
};

// Of a token of the text, on average.
Work work_of_token(const SupervisedTask& task) {
  const TextTables tables(task.loss, task.weights.output.rows());
  const TextLayout layout = plan_text_layout(shape_of(task, tables));
  const Corpus& text = task.corpus;
  const int32_t dim = task.weights.input.dim();
  Work work;
  for (int64_t i = 0; i < text.examples(); ++i) {
    const double outputs = outputs_of_line(tables, text.labels_of(i));
    const auto rows = static_cast<double>(task.subwords.expanded_size(text.features_of(i)));
    work += work_of_text_line(dim, rows, outputs, is_read_again(layout, outputs));
  }
  return work.times(1 / static_cast<double>(text.tokens_before(text.examples())));
}

void print_epoch(int32_t epoch, const TimedEpoch& timed, const Work& of_token, double row_bytes,
                 double table_bytes, const RowRates& rates) {
  const auto examples = static_cast<double>(timed.result.end.examples);
  fmt::print("| {} | {:.3f} | {:.4g} | {:.4g} | {:.4f}{} | {} |\n", epoch + 1, timed.seconds,
             timed.tokens_per_second / 1e6, timed.without_copies / 1e6,
             timed.result.end.loss_sum / examples, timed.result.diverged ? ", DIVERGED" : "",
             describe(of_token.times(timed.without_copies), row_bytes, table_bytes, rates));
  std::fflush(stdout);
}

void measure_speed(TextStudy& study, const Plan& plan) {
  const auto text = std::make_shared<const RepeatedText>(study.corpus(), plan.repeats);
  const Corpus corpus = RepeatedText::corpus_of(text);
  Weights weights = study.first_weights(0);
  const auto backend = plan.device.backend(study.task(weights, corpus));
  fmt::print("{} examples, {} tokens, {} input rows, {} labels\n\n", corpus.examples(),
             corpus.token_end.back(), weights.input.rows(), weights.output.rows());
  fmt::print(
      "| epoch | s | M tokens/s | without copies | loss | limit |\n|---|---|---|---|---|---|\n");
  const Work of_token = work_of_token(study.task(weights, study.corpus()));
  const double row_bytes = sector_bytes(plan.args.dim);
  const double table_bytes = static_cast<double>(
      SharedMatrix::bytes_for(weights.input.rows() + weights.output.rows(), plan.args.dim));
  for (int32_t i = 0; i < plan.args.epoch; ++i) {
    const TimedEpoch timed =
        time_epoch(*backend, plan_of_epoch(corpus, i, plan.args.epoch, plan.lr));
    print_epoch(i, timed, of_token, row_bytes, table_bytes, plan.rates);
  }
}

using Make = std::function<std::unique_ptr<Backend>(const SupervisedTask&)>;

// A run that diverges has no precision: it counts as failed, and the others make the mean.
int measure_quality(TextStudy& study, const std::string& name, const Plan& plan, const Make& make) {
  double sum = 0;
  double seconds = 0;
  int diverged = 0;
  for (int32_t seed = 0; seed < plan.seeds; ++seed) {
    Weights weights = study.first_weights(seed);
    const auto backend = make(study.task(weights, study.corpus()));
    const auto start = std::chrono::steady_clock::now();
    bool is_sound = true;
    for (int32_t i = 0; i < plan.args.epoch && is_sound; ++i) {
      const RangePlan epoch = plan_of_epoch(study.corpus(), i, plan.args.epoch, plan.lr);
      is_sound = !backend->train(epoch).diverged;
    }
    backend->give_weights();
    seconds += seconds_since(start);
    is_sound ? sum += study.score(weights) : ++diverged;
  }
  const int sound = plan.seeds - diverged;
  fmt::print("| {} | {} | {} | {:.2f} | {} |\n", name,
             sound > 0 ? fmt::format("{:.4f}", sum / sound) : "-", sound, seconds / plan.seeds,
             diverged);
  std::fflush(stdout);
  return diverged;
}

int measure(const Plan& plan) {
  if (!plan.device.is_there()) return plan.device.skip();
  TextStudy study(study_options(plan.train, plan.test, plan.args), plan.device.threads());
  fmt::print("{}, {} {} times, dim {}, word n-grams {}, lr {}: ", plan.device.name(), plan.train,
             plan.repeats, plan.args.dim, plan.args.word_ngrams, plan.lr);
  measure_speed(study, plan);
  if (plan.seeds == 0) return 0;
  fmt::print(
      "\nThe text once:\n\n| device | P@1 | seeds | s a run | diverged |\n|---|---|---|---|---|\n");
  int diverged = measure_quality(study, plan.device.name(), plan, [&](const SupervisedTask& task) {
    return plan.device.backend(task);
  });
  if (!plan.device.is_cpu()) {
    diverged += measure_quality(study, fmt::format("CPU, {} threads", plan.device.threads()), plan,
                                make_hogwild_backend);
  }
  return diverged == 0 ? 0 : 1;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  if (argc == 1) {
    std::puts("skipped: it wants a training and a test text; see its head comment");
    return 0;
  }
  try {
    return wordfire::measure(wordfire::Plan(wordfire::Arguments(argc, argv)));
  } catch (const wordfire::Error& error) {
    fmt::print(stderr, "text_throughput: {}\n", error.what());
    return 1;
  }
}
