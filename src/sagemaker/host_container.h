// One host of a job with several: it watches over the training process that Open MPI starts on it,
// and ends as the whole job ends.
#pragma once

#include <atomic>
#include <string>

#include "sagemaker/cluster.h"
#include "sagemaker/container_log.h"
#include "sagemaker/container_paths.h"
#include "sagemaker/host_job.h"

namespace wordfire {

class HostContainer {
 public:
  // program: the path of `train`, the same on every host, which trains with the argument --rank
  // and starts Open MPI's daemons with --launch-agent. version: its own.
  HostContainer(ContainerPaths paths, Cluster cluster, const std::string& program,
                const std::string& version, ContainerLog log);

  // From the first host's word to its last. Returns whether there is a model: not if the job was
  // stopped before there was one. Throws Error, the same on all hosts, in the words of a job.
  bool run();

  // Asks all hosts to end soon with the best or the current weights, if there are any. Safe in a
  // signal handler and from any thread.
  void request_stop() noexcept { stop_ = true; }

 private:
  void read_job();

  ContainerPaths paths_;
  ContainerLog log_;
  HostJob job_;
  std::atomic<bool> stop_ = false;
};

}  // namespace wordfire
