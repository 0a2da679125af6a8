// Another host than the first: it calls the first one, runs there what Open MPI wants run, and
// stays until the first says how the job ended, and has gone. master_host.h has the messages.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sagemaker/child_process.h"
#include "sagemaker/host_job.h"
#include "sagemaker/local_rank.h"
#include "sagemaker/message_link.h"

namespace wordfire {

class WorkerHost {
 public:
  // scratch: a folder for the host's socket.
  WorkerHost(HostJob job, const std::string& scratch);
  // From the first word to the last. What goes wrong is in the outcome.
  [[nodiscard]] Outcome run();

 private:
  using Clock = MessageLink::Clock;

  [[nodiscard]] bool join_master();
  [[nodiscard]] std::unique_ptr<MessageLink> call_master() const;
  [[nodiscard]] bool is_welcome();
  void follow_master();
  void step();
  void take(const nlohmann::json& message);
  void tell_of_rank();
  void check_master() const;
  void await_end_of_training();
  void await_end_of_master();
  [[nodiscard]] const std::string& master() const { return job_.cluster.hosts.front(); }

  HostJob job_;
  std::unique_ptr<MessageLink> link_;
  LocalRank rank_;
  std::unique_ptr<ChildProcess> orted_;
  std::optional<Outcome> outcome_;
  bool welcome_ = false;
  bool stop_ = false;  // somewhere
  bool told_start_ = false;
  bool told_end_ = false;
  bool told_stop_ = false;
};

}  // namespace wordfire
