#include "core/option_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/option_value.h"
#include "core/text_features.h"

namespace wordfire {
namespace {

// A FIFO is read by one reader.
void check_pipes(const Options& options) {
  std::vector<std::string_view> pipes;
  const auto add = [&](std::string_view flag, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      if (path == kPipeScheme) {
        throw Error::usage(fmt::format(
            "option -{}: got \"{}\", want pipe:PREFIX for FIFOs PREFIX_0, ...", flag, path));
      }
      if (path.starts_with(kPipeScheme)) pipes.push_back(path);
    }
  };
  add("input", options.input);
  add("validation", options.validation);
  std::ranges::sort(pipes);
  const auto twice = std::ranges::adjacent_find(pipes);
  if (twice == pipes.end()) return;
  throw Error::usage(fmt::format(
      "option -input: {} is named more than once, want it once in -input and -validation", *twice));
}

void check_paths(const Options& options) {
  if (options.input.empty()) {
    throw Error::usage("option -input: not given, want the training text; - is standard input");
  }
  const auto standard_inputs =
      std::ranges::count(options.input, "-") + std::ranges::count(options.validation, "-");
  if (standard_inputs > 1) {
    throw Error::usage(
        "option -input: standard input is named more than once, want it once in -input and "
        "-validation");
  }
  check_pipes(options);
  if (options.check) return;
  if (options.output.empty()) {
    throw Error::usage("option -output: not given, want the path and name of the model");
  }
  if (options.output.ends_with('/') || options.output == "-") {
    throw Error::usage(fmt::format(
        "option -output: got \"{}\", want a path that ends in a name, such as models/news",
        options.output));
  }
}

void check_label_prefix(const Options& options) {
  if (std::ranges::any_of(options.label, is_separator)) {
    throw Error::usage(fmt::format(
        "option -label: got \"{}\", want text without blanks: tokens have none", options.label));
  }
}

void check_ngrams(const ModelArgs& args) {
  if (args.maxn > 0 && args.minn > args.maxn) {
    throw Error::usage(fmt::format("option -minn: got \"{}\", want at most -maxn, which is {}",
                                   args.minn, args.maxn));
  }
  if ((args.word_ngrams > 1 || args.maxn > 0) && args.bucket < 1) {
    throw Error::usage(
        "option -bucket: got \"0\", want an integer of at least 1, because -wordNgrams or -maxn "
        "asks for n-grams");
  }
}

void check_batches(const Options& options) {
  if (options.batch_size > 0 && options.args.loss != LossKind::kNegativeSampling) {
    throw Error::usage(fmt::format(
        R"(option -loss: got "{}", want "ns": batch-skipgram is a way to share negatives)",
        loss_name(options.args.loss)));
  }
}

void check_determinism(const Options& options) {
  if (!options.deterministic) return;
  if (options.device.kind == DeviceWish::Kind::kCuda) {
    throw Error::usage(fmt::format(
        "option -deterministic: got -device {}, want auto or cpu: a GPU adds up in no fixed order",
        device_wish_text(options.device)));
  }
  if (options.args.model == ModelKind::kSupervised) return;
  if (options.args.loss == LossKind::kNegativeSampling && !options.exact) return;
  throw Error::usage(
      "option -deterministic: word vectors have it with -loss ns and without -exact; leave one of "
      "them out");
}

void check_stopping(const Options& options) {
  if (options.early_stopping && options.validation.empty()) {
    throw Error::usage(
        "option -earlyStopping: -validation is not given, want labelled text to score");
  }
}

void check_checkpoints(const Options& options) {
  if (options.resume && options.checkpoint_dir.empty()) {
    throw Error::usage(
        "option -resume: -checkpointDir is not given, want the folder of the checkpoints");
  }
}

}  // namespace

Options check_options(Options options) {
  check_paths(options);
  check_label_prefix(options);
  check_ngrams(options.args);
  check_batches(options);
  check_determinism(options);
  check_stopping(options);
  check_checkpoints(options);
  if (options.args.word_ngrams <= 1 && options.args.maxn == 0) options.args.bucket = 0;
  return options;
}

}  // namespace wordfire
