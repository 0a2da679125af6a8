#include "sagemaker/roll_call.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "sagemaker/host_address.h"

namespace wordfire {
namespace {

constexpr size_t kMostCallers = 256;               // at once, who have not said who they are
constexpr std::chrono::seconds kIntroduction{10};  // for a caller to say it

}  // namespace

void RollCall::listen() {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  (void)::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in everywhere = socket_address("0.0.0.0", kHostPort);
  const auto* const bare = reinterpret_cast<const sockaddr*>(&everywhere);
  if (::bind(socket.get(), bare, sizeof everywhere) != 0 ||
      ::listen(socket.get(), SOMAXCONN) != 0) {
    throw Error::io(fmt::format("port {}: cannot listen for the other hosts ({})", kHostPort,
                                std::strerror(errno)));
  }
  listener_ = std::move(socket);
}

void RollCall::add_wanted(std::vector<pollfd>& wanted) const {
  wanted.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
  for (const auto& link : callers_) wanted.push_back(link->wanted());
  for (const auto& [host, worker] : workers_) wanted.push_back(worker.link->wanted());
}

std::vector<RollCall::Arrival> RollCall::admit() {
  take_callers();
  std::vector<Arrival> arrivals;
  const MessageLink::Clock::time_point now = MessageLink::Clock::now();
  for (auto& link : std::exchange(callers_, {})) {
    std::vector<nlohmann::json> messages = link->exchange();
    if (messages.empty()) {
      if (link->is_open() && now < link->heard() + kIntroduction) {
        callers_.push_back(std::move(link));
      }
    } else if (link->is_open() && may_enter(*link, messages.front())) {
      const std::string host = messages.front().at("host");
      link->send({{"is", "welcome"}});
      const std::string address = peer_address(link->socket());
      workers_[host] = {.address = address, .link = std::move(link)};
      arrivals.push_back({host, std::move(messages.front())});
    }
  }
  return arrivals;
}

void RollCall::take_callers() {
  while (callers_.size() < kMostCallers) {
    FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket.is_open()) return;
    callers_.push_back(std::make_unique<MessageLink>(std::move(socket)));
  }
}

// Strangers may speak of anything.
bool RollCall::may_enter(const MessageLink& link, const nlohmann::json& hello) {
  const auto text = [&](const char* key) {
    const auto found = hello.find(key);
    return found != hello.end() && found->is_string() ? found->get<std::string>() : "";
  };
  const std::string host = text("host");
  const bool expected =
      host != cluster_.current_host && std::ranges::binary_search(cluster_.hosts, host);
  if (text("is") != "hello" || !expected || workers_.contains(host)) return false;
  return has_address_of(host, peer_address(link.socket()));
}

bool RollCall::has_address_of(const std::string& host, const std::string& address) {
  const std::vector<std::string> known = find_addresses(host);
  if (std::ranges::find(known, address) != known.end()) return true;
  refusal_ = fmt::format("; one at {} called as {}, whose address is {}", address, host,
                         known.empty() ? "not known" : fmt::format("{}", fmt::join(known, ", ")));
  return false;
}

std::string RollCall::missing() const {
  std::vector<std::string> missing;
  for (const std::string& host : cluster_.hosts) {
    if (host != cluster_.current_host && !workers_.contains(host)) missing.push_back(host);
  }
  return missing.empty() ? "" : fmt::format("host {}", fmt::join(missing, ", host "));
}

std::vector<std::string> RollCall::addresses() const {
  std::vector<std::string> all;
  for (const std::string& host : cluster_.hosts) {
    const auto worker = workers_.find(host);
    const bool is_own = worker == workers_.end();
    all.push_back(is_own ? own_address(workers_.begin()->second.link->socket())
                         : worker->second.address);
  }
  return all;
}

}  // namespace wordfire
