#include "sagemaker/host_container.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "core/parallel.h"
#include "io/scratch_folder.h"
#include "sagemaker/config_file.h"
#include "sagemaker/container_job.h"
#include "sagemaker/failure_file.h"
#include "sagemaker/master_host.h"
#include "sagemaker/worker_host.h"
#include "train/device_choice.h"

namespace wordfire {
namespace {

constexpr char kHostWait[] = "WORDFIRE_HOST_WAIT";
constexpr int kMostWait = 86400;

// The seconds that hosts wait for one that has not been heard of, if somebody says so.
std::optional<int> host_wait() {
  const char* const text = std::getenv(kHostWait);
  if (text == nullptr || *text == '\0') return std::nullopt;
  char* end = nullptr;
  const long number = std::strtol(text, &end, 10);
  if (*end == '\0' && number > 0 && number <= kMostWait) return static_cast<int>(number);
  throw Error::usage(
      fmt::format("{}: got \"{}\", want seconds from 1 to {}", kHostWait, text, kMostWait));
}

}  // namespace

HostContainer::HostContainer(ContainerPaths paths, Cluster cluster, const std::string& program,
                             const std::string& version, ContainerLog log)
    : paths_(std::move(paths)), log_(std::move(log)) {
  job_.cluster = std::move(cluster);
  job_.common = {{"version", version}};
  job_.rank_command = {program, "--rank"};
  job_.agent_command = {program, "--launch-agent"};
  job_.info = [this](std::string_view text) { log_.info(text); };
  job_.stop = &stop_;
}

// What is wrong with the job as this host has it is told to the others first.
void HostContainer::read_job() {
  try {
    if (const auto seconds = host_wait()) job_.patience.appear = std::chrono::seconds(*seconds);
    job_.common["hyperparameters"] = ConfigFile(paths_.config("hyperparameters.json")).object();
    job_.common["channels"] = ConfigFile(paths_.config("inputdataconfig.json")).object();
    const ContainerJob job = read_container_job(paths_);
    // This process trains nothing, and must leave its GPU's memory alone.
    const DeviceChoice device =
        choose_device(job.options, available_threads(), {}, gpus_at_a_glance());
    job_.announcement = fmt::format(
        "Running distributed {} BlazingText training using {} on {} hosts.",
        device.gpu ? "GPU" : "CPU", mode_name(job.parameters.mode), job_.cluster.hosts.size());
  } catch (const Error& error) {
    job_.fault = Error(error.kind(), in_job_words(error.what()), error.fault());
  }
}

bool HostContainer::run() {
  // A name server that does not answer must not keep a host from saying that it is there.
  (void)::setenv("RES_OPTIONS", "timeout:2 attempts:1", 0);
  log_.start();
  read_job();
  const ScratchFolder scratch;
  const bool is_first = job_.cluster.current_host == job_.cluster.hosts.front();
  const Outcome outcome =
      is_first ? MasterHost(job_, scratch.path()).run() : WorkerHost(job_, scratch.path()).run();
  if (outcome.error) throw Error(*outcome.error);
  if (!is_first && !outcome.stopped) {
    log_.info(fmt::format("Host {} has finished the job, its log has what came out; this one ends.",
                          job_.cluster.hosts.front()));
  }
  return !outcome.stopped;
}

}  // namespace wordfire
