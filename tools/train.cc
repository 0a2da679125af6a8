// The program `train`: one training job in a container, as SageMaker starts it.
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "exit_code.h"
#include "lost_pages.h"
#include "sagemaker/algorithm_description.h"
#include "sagemaker/container_log.h"
#include "sagemaker/failure_file.h"
#include "sagemaker/training_container.h"
#include "standard_streams.h"
#include "stop_signals.h"

namespace wordfire {
namespace {

constexpr std::string_view kHelp =
    "usage: train\n"
    "       train --describe-algorithm\n\n"
    "Runs the training job that lies under /opt/ml, in the folders and files of SageMaker: reads\n"
    "input/config/hyperparameters.json and the channels in input/data, writes the model to model\n"
    "and, if it fails, the reason to output/failure.\n\n"
    "  --describe-algorithm  print JSON for CreateAlgorithm, and metric definitions\n"
    "  --version             print the version\n\n"
    "Environment:\n"
    "  SAGEMAKER_BASE_DIR      another folder than /opt/ml\n"
    "  WORDFIRE_EVALUATION_DIR word pairs and analogies that measure word vectors where a job has "
    "no\n"
    "                          evaluation channel; /usr/local/share/wordfire/evaluation if not "
    "set\n"
    "  TMPDIR                  where scratch files go; /tmp if not set\n";

std::string variable(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

ContainerPaths container_paths() {
  return ContainerPaths(variable("SAGEMAKER_BASE_DIR", "/opt/ml"));
}

ContainerLog container_log() {
  return ContainerLog([](std::string_view line) { write_stderr(std::string(line) + '\n'); });
}

// In the log and in the failure file. What has no memory left for either is said as it is.
void report_to_platform(std::string_view message, const Error* error) noexcept {
  try {
    const std::string_view prefix = error != nullptr ? failure_prefix(*error) : "AlgorithmError: ";
    const std::string text = failure_text(prefix, in_job_words(message));
    container_log().error(text);
    write_failure(container_paths().failure(), text);
  } catch (const std::exception&) {
    print_error(message);
  }
}

int run_job() {
  TrainingContainer container(
      container_paths(),
      variable("WORDFIRE_EVALUATION_DIR", "/usr/local/share/wordfire/evaluation"), container_log());
  const StopSignals signals(container);
  if (container.run()) return kExitDone;
  container_log().warning(std::string(stop_signal_name(signals.received())) +
                          ": came before there was a model to save");
  return exit_code_of_signal(signals.received());
}

int run(std::span<const std::string> args) {
  const std::string_view first = args.empty() ? "train" : std::string_view(args[0]);
  if (args.size() <= 1 && first == "train") return run_job();
  if (first == "--help" || first == "-h") {
    write_stdout(kHelp);
  } else if (first == "--version") {
    write_stdout("wordfire " WORDFIRE_VERSION "\n");
  } else if (first == "--describe-algorithm") {
    write_stdout(algorithm_description() + '\n');
  } else {
    throw Error::usage("argument \"" + std::string(args.back()) +
                       "\": train takes none, the job lies in files; see train --help");
  }
  return kExitDone;
}

// As process 1 of a container: artefacts are for others to read, and children that some process
// left behind go without being waited for.
void prepare_process() {
  ::umask(022);
  (void)std::signal(SIGCHLD, SIG_IGN);
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  wordfire::protect_standard_streams();
  wordfire::report_lost_pages();
  wordfire::prepare_process();
  return wordfire::run_program(
      [&] {
        const std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
        const int status = wordfire::run(args);
        wordfire::close_stdout();
        return status;
      },
      wordfire::report_to_platform);
}
