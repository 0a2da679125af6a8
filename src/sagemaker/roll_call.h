// The other hosts of a job, as they come to the first one: each calls it on a port, says which host
// it is, and is let in if it has that host's address.
#pragma once

#include <poll.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/file_descriptor.h"
#include "sagemaker/cluster.h"
#include "sagemaker/message_link.h"

namespace wordfire {

// Where the first host listens for the others.
inline constexpr int kHostPort = 6187;

class RollCall {
 public:
  struct Worker {
    std::string address;
    std::unique_ptr<MessageLink> link;
    bool started = false;  // its training process
    bool ended = false;    // likewise
    bool told = false;     // how the job ended
  };
  struct Arrival {
    std::string host;
    nlohmann::json hello;
  };

  // cluster: of the first host.
  explicit RollCall(Cluster cluster) : cluster_(std::move(cluster)) {}

  // Throws Error (io): the port is taken.
  void listen();
  [[nodiscard]] bool is_listening() const { return listener_.is_open(); }
  // Adds what poll() has to look for, then lets in who has come, and welcomes them.
  void add_wanted(std::vector<pollfd>& wanted) const;
  [[nodiscard]] std::vector<Arrival> admit();

  // Those who are in, by host.
  [[nodiscard]] std::map<std::string, Worker>& workers() { return workers_; }
  // "host algo-2, host algo-3": who has not come; "" when all are there.
  [[nodiscard]] std::string missing() const;
  // "; one at ... called as ...": the last caller who was not let in, and why; "" for none.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  // In the order of the hosts, when all are there. The first one's is the one that they call.
  [[nodiscard]] std::vector<std::string> addresses() const;

 private:
  void take_callers();
  [[nodiscard]] bool may_enter(const MessageLink& link, const nlohmann::json& hello);
  [[nodiscard]] bool has_address_of(const std::string& host, const std::string& address);

  Cluster cluster_;
  FileDescriptor listener_;
  std::vector<std::unique_ptr<MessageLink>> callers_;  // who have not said who they are
  std::map<std::string, Worker> workers_;
  std::string refusal_;
};

}  // namespace wordfire
