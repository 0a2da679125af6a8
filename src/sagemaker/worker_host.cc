#include "sagemaker/worker_host.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

#include "sagemaker/host_address.h"
#include "sagemaker/mpi_command.h"
#include "sagemaker/roll_call.h"

namespace wordfire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kStepMilliseconds = 100;
constexpr milliseconds kBetweenCalls{300};
constexpr int kConnectMilliseconds = 3000;
constexpr seconds kWelcome{15};  // the first host looks names up meanwhile
// With a fault of its own, a host does not wait long to tell it.
constexpr seconds kFaultPatience{30};
constexpr seconds kMasterGoes{20};
// After the first host has gone: who watches over containers sees it go first.
constexpr seconds kAfterMaster{3};

// The address of this host's own name, so that the first host sees it, too, where there are several
// interfaces.
void use_own_address(int socket, const std::string& host) {
  for (const std::string& address : find_addresses(host)) {
    const sockaddr_in own = socket_address(address, 0);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0) return;
  }
}

bool connect_in_time(int socket, const std::string& address) {
  const sockaddr_in there = socket_address(address, kHostPort);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0) return true;
  pollfd wanted = {.fd = socket, .events = POLLOUT, .revents = 0};
  int error = 0;
  socklen_t size = sizeof error;
  return ::poll(&wanted, 1, kConnectMilliseconds) == 1 &&
         ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

}  // namespace

WorkerHost::WorkerHost(HostJob job, const std::string& scratch)
    : job_(std::move(job)), rank_(scratch + "/host", [](const nlohmann::json&) { return false; }) {}

Outcome WorkerHost::run() {
  Outcome outcome;
  try {
    if (!join_master()) return {.error = job_.fault, .stopped = !job_.fault};
    follow_master();
    outcome = *outcome_;
    if (!outcome.error) await_end_of_training();
  } catch (const Error& error) {
    outcome.error = error;
  }
  orted_.reset();
  if (outcome_) await_end_of_master();
  return outcome;
}

// Returns false if it is not to go on trying. Throws Error.
bool WorkerHost::join_master() {
  const seconds patience = job_.fault ? kFaultPatience : job_.patience.appear;
  const Clock::time_point end = Clock::now() + patience;
  while (!*job_.stop) {
    link_ = call_master();
    if (link_ && is_welcome()) return true;
    if (Clock::now() > end && job_.fault) return false;
    if (Clock::now() > end) {
      throw Error::io(
          fmt::format("host {}: cannot be reached on port {} for {} s, want it to let "
                      "{} take part; is its name known, and its log without an error?",
                      master(), kHostPort, patience.count(), job_.cluster.current_host));
    }
    std::this_thread::sleep_for(kBetweenCalls);
  }
  return false;
}

std::unique_ptr<MessageLink> WorkerHost::call_master() const {
  for (const std::string& address : find_addresses(master())) {
    FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    use_own_address(socket.get(), job_.cluster.current_host);
    if (!connect_in_time(socket.get(), address)) continue;
    return std::make_unique<MessageLink>(std::move(socket));
  }
  return nullptr;
}

bool WorkerHost::is_welcome() {
  nlohmann::json hello = {
      {"is", "hello"}, {"host", job_.cluster.current_host}, {"common", job_.common}};
  if (job_.fault) hello["fault"] = to_json(*job_.fault);
  link_->send(hello);
  const Clock::time_point end = Clock::now() + kWelcome;
  while (link_->is_open() && !welcome_ && Clock::now() < end && !*job_.stop) step();
  return welcome_;
}

void WorkerHost::follow_master() {
  while (!outcome_) {
    step();
    if (outcome_) return;
    check_master();
    tell_of_rank();
    if (*job_.stop && !std::exchange(told_stop_, true)) link_->send({{"is", "stop"}});
    if (*job_.stop || stop_) rank_.request_stop();
    if (Clock::now() > link_->spoke() + job_.patience.beat) link_->send({{"is", "beat"}});
    if (orted_) (void)orted_->poll();
  }
}

void WorkerHost::step() {
  std::vector<pollfd> wanted = {link_->wanted()};
  rank_.add_wanted(wanted);
  (void)::poll(wanted.data(), wanted.size(), kStepMilliseconds);
  rank_.look();
  for (const nlohmann::json& message : link_->exchange()) take(message);
}

void WorkerHost::take(const nlohmann::json& message) {
  const std::string is = message.value("is", "");
  if (is == "welcome") {
    welcome_ = true;
  } else if (is == "hosts") {
    tell_addresses(job_, message["addresses"]);
  } else if (is == "launch" && !orted_) {
    const std::vector<std::string> command = message["command"];
    orted_ = std::make_unique<ChildProcess>(orted_command(command),
                                            mpi_environment(rank_.socket_path()));
  } else if (is == "stop") {
    stop_ = true;
  } else if (is == "outcome") {
    welcome_ = true;
    outcome_ = outcome_of(message);
    link_->send({{"is", "told"}});
  }
}

void WorkerHost::tell_of_rank() {
  if (rank_.has_started() && !std::exchange(told_start_, true)) link_->send({{"is", "rank"}});
  if (!rank_.end() || std::exchange(told_end_, true)) return;
  link_->send(
      {{"is", "rank"}, {"end", to_json(rank_.end()->outcome)}, {"echo", rank_.end()->is_echo}});
}

void WorkerHost::check_master() const {
  if (!link_->is_open()) {
    throw Error::io(
        fmt::format("host {}: it left before it said how the job ended, want it to "
                    "stay; its own log may say why",
                    master()));
  }
  if (Clock::now() > link_->heard() + job_.patience.silence) {
    throw Error::io(
        fmt::format("host {}: silent for {} s, want a word every {} s; it hangs, or "
                    "the network to it is cut",
                    master(), job_.patience.silence.count(), job_.patience.beat.count()));
  }
}

// The training is over: what is left ends by itself, or is ended.
void WorkerHost::await_end_of_training() {
  const Clock::time_point end = Clock::now() + job_.patience.end;
  while (orted_ && !orted_->poll() && Clock::now() < end)
    std::this_thread::sleep_for(kBetweenCalls);
}

void WorkerHost::await_end_of_master() {
  const Clock::time_point end = Clock::now() + kMasterGoes;
  while (link_->is_open() && Clock::now() < end) {
    pollfd wanted = link_->wanted();
    (void)::poll(&wanted, 1, kStepMilliseconds);
    (void)link_->exchange();
  }
  const Clock::time_point last = Clock::now() + kAfterMaster;
  while (!*job_.stop && Clock::now() < last) std::this_thread::sleep_for(kBetweenCalls);
}

}  // namespace wordfire
