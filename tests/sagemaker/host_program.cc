// The watch over one host of a job, as tests start it on several; what trains is anything.
//   host_program HOST HOSTS COMMON PATIENCE COMMAND...   HOSTS: a,b,c; COMMON: JSON; PATIENCE: s
//   host_program --launch-agent ADDRESS COMMAND...
//   host_program --rank HOW    reports a start, sums by MPI, and ends: well, by an "error", by
//                              being "killed", or only when it is stopped ("waits")
#include <mpi.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "io/scratch_folder.h"
#include "sagemaker/launch_agent.h"
#include "sagemaker/local_socket.h"
#include "sagemaker/master_host.h"
#include "sagemaker/worker_host.h"

namespace wordfire {
namespace {

std::atomic<bool> stop = false;

std::string host_socket() { return std::getenv(kHostSocket); }

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

int run_rank(const std::string& how) {
  RankReport report(host_socket());
  report.started();
  MPI_Init(nullptr, nullptr);
  int rank = 0;
  int ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int sum = rank;
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  std::fprintf(stderr, "rank %d of %d, sum %d\n", rank, ranks, sum);
  const bool last = rank == ranks - 1;
  if (last && how == "killed") (void)std::raise(SIGKILL);
  if (last && how == "error") {
    report.failed(Error::data("part-7: line 3 is not text"), false);
    MPI_Abort(MPI_COMM_WORLD, 65);
  }
  while (how == "waits" && !stop) ::usleep(10000);
  if (how != "well" && how != "waits") MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
  report.ended(stop);
  return 0;
}

HostJob job_of(std::span<const std::string> args, const std::string& program) {
  HostJob job;
  job.cluster = {.current_host = args[0], .hosts = split(args[1])};
  job.common = nlohmann::json::parse(args[2]);
  if (job.common.contains("fault")) job.fault = Error::data(job.common["fault"]);
  job.patience.appear = job.patience.silence = std::chrono::seconds(std::stoi(args[3]));
  job.patience.beat = std::chrono::seconds(1);
  job.rank_command.assign(args.begin() + 4, args.end());
  job.agent_command = {program, "--launch-agent"};
  job.info = [](std::string_view text) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
  };
  job.stop = &stop;
  return job;
}

int watch(const HostJob& job) {
  const ScratchFolder scratch;
  const bool first = job.cluster.current_host == job.cluster.hosts.front();
  const Outcome outcome =
      first ? MasterHost(job, scratch.path()).run() : WorkerHost(job, scratch.path()).run();
  if (outcome.error) std::fprintf(stderr, "ERROR %s\n", outcome.error->what());
  return outcome.error ? 1 : outcome.stopped ? 143 : 0;
}

int run(const std::vector<std::string>& args) {
  for (const int signal : {SIGTERM, SIGINT}) {
    (void)std::signal(signal, [](int) { stop = true; });
  }
  if (args.at(1) == "--rank") return run_rank(args.at(2));
  if (args[1] != "--launch-agent") return watch(job_of(std::span(args).subspan(1), args[0]));
  launch_on_host(host_socket(), std::span(args).subspan(2));
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  try {
    return wordfire::run({argv, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ERROR %s\n", error.what());
    return 2;
  }
}
