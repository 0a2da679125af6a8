#include "sagemaker/master_host.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "sagemaker/mpi_command.h"

namespace wordfire {
namespace {

using std::chrono::seconds;

constexpr int kStepMilliseconds = 100;
constexpr seconds kDismissal{30};   // for all hosts to be told of a failure
constexpr seconds kFarewell{5};     // for those that are here to say that they were told
constexpr seconds kLastReports{2};  // for what the training processes said before they ended

}  // namespace

MasterHost::MasterHost(HostJob job, const std::string& scratch)
    : job_(std::move(job)),
      roll_(job_.cluster),
      rank_(scratch + "/host", [this](const nlohmann::json& request) { return launch(request); }) {}

Outcome MasterHost::run() {
  Outcome outcome;
  try {
    roll_.listen();
    if (job_.fault) throw *job_.fault;
    await_hosts();
    outcome.stopped = is_stopping();
    if (!outcome.stopped) outcome = train();
  } catch (const Error& error) {
    outcome.error = error;
  }
  mpirun_.reset();
  dismiss(outcome);
  return outcome;
}

void MasterHost::await_hosts() {
  const Clock::time_point end = Clock::now() + job_.patience.appear;
  while (!roll_.missing().empty() && !is_stopping()) {
    if (Clock::now() > end) {
      throw Error::io(fmt::format("{}: nothing heard for {} s, want a word on port {} of {}{}",
                                  roll_.missing(), job_.patience.appear.count(), kHostPort,
                                  job_.cluster.current_host, roll_.refusal()));
    }
    step();
  }
}

Outcome MasterHost::train() {
  const std::vector<std::string> hosts = roll_.addresses();
  tell_addresses(job_, hosts);
  for (auto& [host, worker] : roll_.workers()) {
    worker.link->send({{"is", "hosts"}, {"addresses", hosts}});
  }
  mpirun_ =
      std::make_unique<ChildProcess>(mpirun_command(hosts, job_.agent_command, job_.rank_command),
                                     mpi_environment(rank_.socket_path()));
  const Clock::time_point begin = Clock::now();
  Clock::time_point end = Clock::time_point::max();
  std::optional<int> status;
  while (!(status = mpirun_->poll()) && Clock::now() < end) {
    step();
    follow_training(begin);
    // Who is not ended by the others' end is not waited for.
    const bool ending = failure_ || all_ended();
    if (ending && end == Clock::time_point::max()) end = Clock::now() + job_.patience.end;
  }
  return outcome_of_training(status.value_or(0));
}

void MasterHost::follow_training(Clock::time_point begin) {
  if (is_stopping()) stop_all();
  if (rank_.end()) take_rank_end(job_.cluster.current_host, *rank_.end());
  const std::string waiting = hosts_not_started();
  if (waiting.empty() || failure_ || Clock::now() < begin + job_.patience.start) return;
  throw Error::io(
      fmt::format("{}: no training process after {} s, want one started by Open MPI; "
                  "may the hosts reach each other on all ports?",
                  waiting, job_.patience.start.count()));
}

void MasterHost::stop_all() {
  rank_.request_stop();
  if (std::exchange(told_stop_, true)) return;
  for (auto& [host, worker] : roll_.workers()) worker.link->send({{"is", "stop"}});
}

std::string MasterHost::hosts_not_started() {
  std::vector<std::string> waiting;
  if (!rank_.has_started()) waiting.push_back(job_.cluster.current_host);
  for (const auto& [host, worker] : roll_.workers()) {
    if (!worker.started) waiting.push_back(host);
  }
  return waiting.empty() ? "" : fmt::format("host {}", fmt::join(waiting, ", host "));
}

bool MasterHost::all_ended() {
  return rank_.end() &&
         std::ranges::all_of(roll_.workers(), [](const auto& one) { return one.second.ended; });
}

// The first failure is the one that counts, unless it says less than another. Where one process
// has failed Open MPI stops the others: that nobody else has asked for.
void MasterHost::take_rank_end(const std::string& host, RankEnd end) {
  std::optional<Error>& error = end.outcome.error;
  if (!error && !(end.outcome.stopped && is_stopping())) return;
  if (failure_ && (!failure_->is_echo || end.is_echo)) return;
  if (error) {
    error = Error(error->kind(), fmt::format("host {}: {}", host, error->what()), error->fault());
  }
  failure_ = std::move(end);
}

Outcome MasterHost::outcome_of_training(int status) {
  const Clock::time_point end = Clock::now() + kLastReports;
  while (status != 0 && (!failure_ || failure_->is_echo) && Clock::now() < end) {
    step();
    if (rank_.end()) take_rank_end(job_.cluster.current_host, *rank_.end());
  }
  if (failure_) return failure_->outcome;
  if (status == 0) return {};
  throw Error::internal(fmt::format(
      "mpirun: status {}, want 0; the lines above have what Open MPI says of it", status));
}

// Hosts that come late to a job that has failed are told as well. Nobody can fail it again.
void MasterHost::dismiss(const Outcome& outcome) {
  dismissing_ = true;
  const nlohmann::json message = to_json(outcome);
  const Clock::time_point begin = Clock::now();
  for (auto& [host, worker] : roll_.workers()) worker.link->send(message);
  const auto is_told = [](const auto& one) {
    return one.second.told || !one.second.link->is_open();
  };
  while (roll_.is_listening()) {
    const seconds patience = roll_.missing().empty() || is_stopping() ? kFarewell : kDismissal;
    const bool all_here = roll_.missing().empty() && std::ranges::all_of(roll_.workers(), is_told);
    if (all_here || Clock::now() > begin + patience) return;
    const size_t known = roll_.workers().size();
    step();
    if (roll_.workers().size() == known) continue;
    for (auto& [host, worker] : roll_.workers()) {
      if (!worker.told) worker.link->send(message);
    }
  }
}

// Looks once at all that may have happened. Throws Error for a host that is lost.
void MasterHost::step() {
  wait_for_news();
  rank_.look();
  for (const RollCall::Arrival& arrival : roll_.admit()) check_arrival(arrival);
  for (auto& [host, worker] : roll_.workers()) {
    hear(host, worker);
    if (!dismissing_) check_alive(host, worker);
  }
}

void MasterHost::wait_for_news() {
  std::vector<pollfd> wanted;
  roll_.add_wanted(wanted);
  rank_.add_wanted(wanted);
  (void)::poll(wanted.data(), wanted.size(), kStepMilliseconds);
}

// Throws Error when a host that has come cannot take part.
void MasterHost::check_arrival(const RollCall::Arrival& arrival) const {
  const auto& [host, hello] = arrival;
  if (dismissing_) return;
  if (hello.contains("fault")) {
    const Error fault = error_of(hello["fault"]);
    throw Error(fault.kind(), fmt::format("host {}: {}", host, fault.what()), fault.fault());
  }
  const std::string difference =
      first_difference(job_.common, job_.cluster.current_host,
                       hello.value("common", nlohmann::json::object()), host);
  if (!difference.empty()) {
    throw Error::data(fmt::format("{}; want the same on all hosts", difference));
  }
}

void MasterHost::hear(const std::string& host, Worker& worker) {
  for (const nlohmann::json& message : worker.link->exchange()) take(host, worker, message);
}

void MasterHost::take(const std::string& host, Worker& worker, const nlohmann::json& message) {
  const std::string is = message.value("is", "");
  if (is == "rank") {
    worker.started = true;
    if (!message.contains("end")) return;
    worker.ended = true;
    take_rank_end(host,
                  {.outcome = outcome_of(message["end"]), .is_echo = message.value("echo", false)});
  } else if (is == "stop") {
    stop_ = true;
  } else if (is == "told") {
    worker.told = true;
  }
}

void MasterHost::check_alive(const std::string& host, Worker& worker) {
  const Clock::time_point now = Clock::now();
  if (!worker.link->is_open()) {
    throw Error::io(
        fmt::format("host {}: it left before the job was done, want it to stay; its "
                    "own log may say why",
                    host));
  }
  if (now > worker.link->heard() + job_.patience.silence) {
    throw Error::io(
        fmt::format("host {}: silent for {} s, want a word every {} s; it hangs, or "
                    "the network to it is cut",
                    host, job_.patience.silence.count(), job_.patience.beat.count()));
  }
  if (now > worker.link->spoke() + job_.patience.beat) worker.link->send({{"is", "beat"}});
}

bool MasterHost::launch(const nlohmann::json& request) {
  const std::string address = request.value("address", "");
  for (auto& [host, worker] : roll_.workers()) {
    if (worker.address != address) continue;
    worker.link->send({{"is", "launch"}, {"command", request["command"]}});
    return true;
  }
  return false;
}

}  // namespace wordfire
