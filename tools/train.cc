// The program `train`: one training job in a container, as SageMaker starts it.
#include <sys/prctl.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "dist/communicator.h"
#include "dist/mpi_comm.h"
#include "exit_code.h"
#include "program.h"
#include "sagemaker/algorithm_description.h"
#include "sagemaker/cluster.h"
#include "sagemaker/config_file.h"
#include "sagemaker/container_log.h"
#include "sagemaker/failure_file.h"
#include "sagemaker/host_container.h"
#include "sagemaker/launch_agent.h"
#include "sagemaker/local_socket.h"
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
    "  TMPDIR                  where scratch files go; /tmp if not set\n"
    "  WORDFIRE_HOST_WAIT      seconds that the hosts of a job wait for one that has not been "
    "heard "
    "of;\n"
    "                          900 if not set\n";

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

std::string image_tests() {
  return variable("WORDFIRE_EVALUATION_DIR", "/usr/local/share/wordfire/evaluation");
}

// Runs a container to its end.
template <typename Container>
int run_to_end(Container& container) {
  const StopSignals signals(container);
  if (container.run()) return kExitDone;
  // On one of several hosts the signal may have come to another one.
  const int signal = signals.received() > 0 ? signals.received() : SIGTERM;
  container_log().warning(std::string(stop_signal_name(signal)) +
                          ": came before there was a model to save");
  return exit_code_of_signal(signal);
}

Cluster cluster_of(const ContainerPaths& paths) {
  return read_cluster(ConfigFile(paths.config("resourceconfig.json")));
}

int run_job() {
  const ContainerPaths paths = container_paths();
  Cluster cluster = cluster_of(paths);
  if (cluster.hosts.size() > 1) {
    const std::string program = std::filesystem::read_symlink("/proc/self/exe");
    (void)std::signal(SIGCHLD, SIG_DFL);  // Open MPI's processes are waited for
    HostContainer host(paths, std::move(cluster), program, WORDFIRE_VERSION, container_log());
    return run_to_end(host);
  }
  const std::unique_ptr<Communicator> alone = make_one_process();
  TrainingContainer container(paths, image_tests(), container_log(), *alone);
  return run_to_end(container);
}

// The log of a rank, which begins with who it is.
ContainerLog rank_log(const Communicator& ranks, const std::string& host) {
  ContainerLog log = container_log();
  log.rank(host, ranks.rank(), ranks.size());
  return log;
}

// What failed in this process, for its host to tell the others. Returns the exit status.
int report_to_host(RankReport& report, Communicator* ranks, const Error& error) {
  if (ranks != nullptr) ranks->fail(error);
  const bool is_echo = ranks != nullptr && !ranks->speaks();
  report.failed(Error(error.kind(), in_job_words(error.what()), error.fault()), is_echo);
  return exit_code(error);
}

// One of the training processes of a job on several hosts, as Open MPI has started it. It ends
// with what has started it.
int run_rank() {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  RankReport report(variable(kHostSocket, ""));
  std::unique_ptr<Communicator> ranks;
  try {
    const ContainerPaths paths = container_paths();
    const std::string host = cluster_of(paths).current_host;
    ranks = make_mpi_communicator(host);
    TrainingContainer container(paths, image_tests(), rank_log(*ranks, host), *ranks);
    const StopSignals signals(container);
    report.started();
    const bool has_model = container.run();
    ranks->leave();
    report.ended(!has_model);
    return has_model ? kExitDone : exit_code_of_signal(SIGTERM);
  } catch (const Error& error) {
    return report_to_host(report, ranks.get(), error);
  } catch (const std::bad_alloc&) {
    return report_to_host(report, ranks.get(), Error::internal("memory ran out"));
  } catch (const std::exception& error) {
    return report_to_host(report, ranks.get(), Error::internal(error.what()));
  }
}

int launch(std::span<const std::string> words) {
  launch_on_host(variable(kHostSocket, ""), words);
  return kExitDone;
}

int run(std::span<const std::string> args) {
  const std::string_view first = args.empty() ? "train" : std::string_view(args[0]);
  if (args.size() <= 1 && first == "train") return run_job();
  if (first == "--rank") return run_rank();
  if (first == "--launch-agent") return launch(args.subspan(1));
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
  wordfire::prepare_process();
  return wordfire::run_main(argc, argv, wordfire::run, wordfire::report_to_platform);
}
