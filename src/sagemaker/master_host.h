// The first host of a job: it waits for the others, starts the training on all of them by Open MPI,
// and tells them how it ended.
//
// It trains nothing itself. On each host the program `train`, process 1 of its container, watches
// over the host: all of them are connected to the first and say every two seconds that they are
// there, and so each learns within twenty seconds that another has gone. The messages are JSON
// (message_link.h):
//
//   worker -> master  hello: host, common, fault?  it has connected
//   master -> worker  welcome                      the host belongs to the job
//   both              beat                         nothing else to say
//   master -> worker  hosts: addresses             all are there
//   master -> worker  launch: command              of the orted that mpirun wants on the host
//   worker -> master  rank: end?, echo?            its training process has started, or ended
//   both              stop                         a host got SIGTERM
//   master -> worker  outcome: error?, stopped     the end, whatever it is
//   worker -> master  told                         and it stays until the connection ends
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sagemaker/child_process.h"
#include "sagemaker/host_job.h"
#include "sagemaker/local_rank.h"
#include "sagemaker/roll_call.h"

namespace wordfire {

class MasterHost {
 public:
  // scratch: a folder for the host's socket.
  MasterHost(HostJob job, const std::string& scratch);
  // From the first word to the last. What goes wrong is in the outcome.
  [[nodiscard]] Outcome run();

 private:
  using Clock = MessageLink::Clock;
  using Worker = RollCall::Worker;

  void await_hosts();
  Outcome train();
  void stop_all();
  void follow_training(Clock::time_point begin);
  Outcome outcome_of_training(int status);
  void dismiss(const Outcome& outcome);

  void step();
  void wait_for_news();
  void check_arrival(const RollCall::Arrival& arrival) const;
  void hear(const std::string& host, Worker& worker);
  void take(const std::string& host, Worker& worker, const nlohmann::json& message);
  void check_alive(const std::string& host, Worker& worker);
  void take_rank_end(const std::string& host, RankEnd end);
  bool launch(const nlohmann::json& request);
  [[nodiscard]] std::string hosts_not_started();
  [[nodiscard]] bool all_ended();
  [[nodiscard]] bool is_stopping() const { return stop_ || *job_.stop; }

  HostJob job_;
  RollCall roll_;
  LocalRank rank_;
  std::unique_ptr<ChildProcess> mpirun_;
  std::optional<RankEnd> failure_;
  bool dismissing_ = false;
  bool stop_ = false;
  bool told_stop_ = false;
};

}  // namespace wordfire
