// supervised, skipgram, cbow, batch-skipgram: train a classifier or word vectors.
#include <fmt/format.h>

#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/option_check.h"
#include "core/option_document.h"
#include "dist/communicator.h"
#include "exit_code.h"
#include "standard_streams.h"
#include "stop_signals.h"
#include "train/corpus_report.h"
#include "train/training_job.h"
#include "training_arguments.h"
#include "training_log.h"
#include "verbs.h"

namespace wordfire {
namespace {

struct TrainingVerb {
  TrainingMode mode;
  std::string_view purpose;  // in --help
};

constexpr TrainingVerb kSupervised{
    TrainingMode::kSupervised,
    "Trains a classifier of lines such as \"__label__sport a goal in the last minute\"."};
constexpr TrainingVerb kSkipgram{
    TrainingMode::kSkipgram,
    "Trains vectors of the words of a text: each word predicts those around it."};
constexpr TrainingVerb kCbow{
    TrainingMode::kCbow,
    "Trains vectors of the words of a text: the words around a word predict it."};
constexpr TrainingVerb kBatchSkipgram{TrainingMode::kBatchSkipgram,
                                      "Trains vectors of the words of a text as skipgram does, "
                                      "with negatives that at most -batchSize\n"
                                      "words of a window share."};

std::string help_of(const TrainingVerb& verb) {
  return fmt::format(
      "usage: wordfire {} -input PATH... -output NAME [options]\n\n"
      "{}\n"
      "An option is written with one dash or two; its default stands in brackets.\n\n",
      verb_of(verb.mode), verb.purpose);
}

// With -check the report is the result, so it goes to standard output.
void report_on_stdout(TrainingEvents& events) {
  events.corpus = [](const CorpusReport& report) { write_stdout(format_corpus_report(report)); };
}

// Ranks but the first say nothing of what all of them do.
int exit_stopped(int signal, const Options& options, const TrainingResult& result,
                 const Communicator& ranks) {
  if (signal == 0) signal = SIGTERM;  // that another rank got
  if (ranks.rank() != 0) return exit_code_of_signal(signal);
  const std::string name(stop_signal_name(signal));
  if (!result.checkpoint.empty()) {
    print_error(
        fmt::format("{}: training was stopped; the same command with -resume goes on from {}", name,
                    result.checkpoint));
    return exit_code_of_signal(signal);
  }
  const std::string untouched =
      options.check ? ""
                    : fmt::format("; files of an earlier run at {} are untouched", options.output);
  print_error(fmt::format("{}: training was stopped, nothing was saved{}", name, untouched));
  return exit_code_of_signal(signal);
}

// A signal that came too late is not passed over in silence.
int exit_done(int signal) {
  if (signal != 0) {
    print_error(fmt::format("{}: came when all work was done; the files are in place",
                            stop_signal_name(signal)));
  }
  return kExitDone;
}

int train(const Options& options, Communicator& ranks) {
  TrainingLog log(options.verbose);
  TrainingEvents events = log.events();
  if (options.check) report_on_stdout(events);
  TrainingJob job(options, std::move(events), ranks);
  const StopSignals signals(job);
  TrainingResult result;
  try {
    result = job.run();
  } catch (...) {
    log.end_line();
    throw;
  }
  log.finish(result);
  return result.stopped ? exit_stopped(signals.received(), options, result, ranks)
                        : exit_done(signals.received());
}

int run(const TrainingVerb& verb, VerbArgs args) {
  if (args.size() == 1 && args[0] == "--help") {
    write_stdout(help_of(verb) + options_help(verb.mode));
    return kExitDone;
  }
  const std::unique_ptr<Communicator> ranks = join_ranks();
  try {
    const int status = train(check_options(parse_training_arguments(args, verb.mode)), *ranks);
    ranks->leave();
    return status;
  } catch (const Error& error) {
    ranks->fail(error);
    if (ranks->speaks()) throw;
    return exit_code(error);  // another rank says why
  } catch (const std::exception& error) {
    const Error fault = Error::internal(error.what());
    ranks->fail(fault);
    if (ranks->speaks()) throw;
    return exit_code(fault);
  }
}

}  // namespace

int run_supervised(VerbArgs args) { return run(kSupervised, args); }
int run_skipgram(VerbArgs args) { return run(kSkipgram, args); }
int run_cbow(VerbArgs args) { return run(kCbow, args); }
int run_batch_skipgram(VerbArgs args) { return run(kBatchSkipgram, args); }

}  // namespace wordfire
