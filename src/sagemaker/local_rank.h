// The training process on this host, as the program that watches over the host knows it.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sagemaker/host_job.h"
#include "sagemaker/local_socket.h"

namespace wordfire {

// How a training process has ended.
struct RankEnd {
  Outcome outcome;
  // Of its error: another process tells more, if one does.
  bool is_echo = false;
};

class LocalRank {
 public:
  // Listens for it at `socket_path`. launch: what mpirun's agent asks for, {"address", "command"};
  // returns whether it is done. Throws Error.
  LocalRank(const std::string& socket_path,
            std::function<bool(const nlohmann::json& request)> launch)
      : socket_(socket_path), launch_(std::move(launch)) {}

  [[nodiscard]] const std::string& socket_path() const { return socket_.path(); }
  // Adds what poll() has to look for, then looks at what has come.
  void add_wanted(std::vector<pollfd>& wanted) const;
  void look();

  [[nodiscard]] bool has_started() const { return process_ > 0; }
  // How it has ended; nothing while it runs.
  [[nodiscard]] const std::optional<RankEnd>& end() const { return end_; }
  // Asks it to stop, once, as soon as it has started.
  void request_stop();

 private:
  void take(MessageLink& link, const nlohmann::json& message);

  LocalSocket socket_;
  std::function<bool(const nlohmann::json& request)> launch_;
  std::vector<std::unique_ptr<MessageLink>> links_;
  const MessageLink* rank_ = nullptr;  // one of them
  pid_t process_ = 0;
  bool asked_to_stop_ = false;
  std::optional<RankEnd> end_;
};

}  // namespace wordfire
