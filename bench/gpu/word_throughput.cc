// How many words a second a GPU trains, of every model and several dimensions, and how near that is
// to what the GPU can do: rows and operations counted (roofline.h) against the rates that row_probe
// measured. The second epoch is timed, with the weights' way to the GPU and back and without it.
//
//   word_throughput [text=PATH] [tokens=1.3e8] [words=80000] [dims="64 100 ..."]
//                   [ngram_dims="100 300"] [batch_dims=128] [bucket=2e6] [device=cuda] [threads=16]
//                   [rates=OUTPUT OF row_probe]
//
// device: cpu, for the same on threads of the CPU.
// text: it is repeated until there are so many tokens; without one a text is drawn by Zipf's law.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bench/gpu/arguments.h"
#include "bench/gpu/bench_device.h"
#include "bench/gpu/roofline.h"
#include "bench/gpu/timed_epoch.h"
#include "bench/gpu/word_source.h"
#include "core/backend.h"
#include "core/error.h"
#include "core/subsampling.h"

namespace wordfire {
namespace {

struct Case {
  ModelKind model;
  int32_t dim;
  bool ngrams;
  int32_t batch_size;
};

ModelArgs args_of(const Case& of, int32_t bucket) {
  ModelArgs args;
  args.model = of.model;
  args.loss = LossKind::kNegativeSampling;
  args.dim = of.dim;
  args.bucket = of.ngrams ? bucket : 0;
  args.minn = of.ngrams ? 3 : 0;
  args.maxn = of.ngrams ? 6 : 0;
  return args;
}

Weights first_weights(const ModelArgs& args, int64_t rows, int64_t words) {
  Weights weights{SharedMatrix(rows, args.dim), SharedMatrix(words, args.dim)};
  for (int64_t i = 0; i < weights.input.rows(); ++i) {
    first_row(1, i, args.dim, weights.input.row(i));
  }
  return weights;
}

// Of some lines, with the draws of the second epoch.
struct Sample {
  Work work;
  int64_t tokens = 0;
  int64_t kept = 0;
};

Sample sample_of(const WordSource& source, const SubwordTable& subwords, const WordJob& job,
                 double t) {
  constexpr int64_t kTokens = int64_t{1} << 22;
  const Subsampling subsampling(source.counts, source.dictionary->ntokens(), t);
  const Corpus& text = source.once;
  Sample sample;
  std::vector<int32_t> kept;
  for (int64_t line = 0; line < text.examples() && sample.tokens < kTokens; ++line) {
    Rng draws(1, 1, static_cast<uint64_t>(line));
    subsampling.keep(text.features_of(line), draws, kept);
    sample.work += work_of_line(job, std::ssize(kept), subwords.expanded_size(kept));
    sample.kept += std::ssize(kept);
    sample.tokens = text.tokens_before(line + 1);
  }
  return sample;
}

class Bench {
 public:
  Bench(const WordSource& source, const BenchDevice& device, const RowRates& rates, int32_t bucket)
      : source_(source), device_(device), rates_(rates), bucket_(bucket) {
    fmt::print("{}, {}: {} tokens, vocabulary {}, t 1e-4, ws 5, neg 5\n\n", device.name(),
               source.name, source.tokens(), source.words());
    fmt::print("| model | dim | M raw words/s | with copies | M kept words/s | limit |\n");
    fmt::print("|---|---|---|---|---|---|\n");
  }

  void measure(const Case& of) const {
    const ModelArgs args = args_of(of, bucket_);
    const SourceRows rows(source_, args);
    const auto loss = make_loss(args, source_.counts);
    Weights weights = first_weights(args, rows.rows, source_.words());
    const WordVectorTask task{source_.corpus,
                              rows.subwords,
                              *loss,
                              args,
                              source_.counts,
                              source_.dictionary->ntokens(),
                              0.5,
                              of.batch_size,
                              false,
                              weights,
                              1,
                              device_.threads()};
    const auto backend = device_.backend(task);
    TimedEpoch timed;
    for (int32_t epoch = 0; epoch < 2; ++epoch) {
      timed = time_epoch(*backend, plan_of_epoch(source_.corpus, epoch, 5, 0.05));
    }
    const WordJob job{of.model == ModelKind::kCbow, of.dim, args.ws, args.neg, of.batch_size};
    print(of, timed, sample_of(source_, rows.subwords, job, args.t), rows.rows);
  }

 private:
  void print(const Case& of, const TimedEpoch& timed, const Sample& sample, int64_t rows) const {
    const double kept = static_cast<double>(sample.kept) / static_cast<double>(sample.tokens);
    const double row_bytes = padded_width(of.dim) * double{sizeof(float)};
    const double table_bytes = row_bytes * static_cast<double>(rows + source_.words());
    const Work of_second =
        sample.work.times(timed.without_copies / static_cast<double>(sample.tokens));
    fmt::print("| {}{}{} | {} | {:.4g} | {:.4g} | {:.4g} | {}{} |\n",
               of.model == ModelKind::kCbow ? "cbow" : "skipgram", of.ngrams ? ", n-grams" : "",
               of.batch_size > 0 ? fmt::format(", batches of {}", of.batch_size) : "", of.dim,
               timed.without_copies / 1e6, timed.tokens_per_second / 1e6,
               kept * timed.without_copies / 1e6,
               describe(of_second, row_bytes, table_bytes, rates_),
               timed.result.diverged ? "; DIVERGED" : "");
    std::fflush(stdout);
  }

  const WordSource& source_;
  const BenchDevice& device_;
  const RowRates& rates_;
  int32_t bucket_;
};

int measure_all(Arguments arguments) {
  const std::string text = arguments.text("text", "");
  const int64_t tokens = arguments.count("tokens", int64_t{1} << 27);
  const int64_t words = arguments.count("words", 80'000);
  const auto dims = arguments.counts("dims", "64 100 128 200 300 512 1024");
  const auto ngram_dims = arguments.counts("ngram_dims", "100 300");
  const auto batch_dims = arguments.counts("batch_dims", "128");
  const auto bucket = static_cast<int32_t>(arguments.count("bucket", 2'000'000));
  const RowRates rates = read_row_rates(arguments.text("rates", ""));
  const BenchDevice device(arguments);
  arguments.finish();
  if (!device.is_there()) return device.skip();
  const WordSource source = text.empty() ? zipf_source(tokens, words) : read_source(text, tokens);
  const Bench bench(source, device, rates, bucket);
  const auto measure = [&](const std::vector<int64_t>& of, bool ngrams, int32_t batch) {
    for (const int64_t dim : of) {
      bench.measure({ModelKind::kSkipgram, static_cast<int32_t>(dim), ngrams, batch});
      if (batch == 0) bench.measure({ModelKind::kCbow, static_cast<int32_t>(dim), ngrams, batch});
    }
  };
  measure(dims, false, 0);
  measure(batch_dims, false, 3);
  measure(ngram_dims, true, 0);
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  try {
    return wordfire::measure_all(wordfire::Arguments(argc, argv));
  } catch (const wordfire::Error& error) {
    fmt::print(stderr, "word_throughput: {}\n", error.what());
    return 1;
  }
}
