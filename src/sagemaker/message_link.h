// A connection on which the parts of a job on several machines talk about its start and its end:
// JSON objects, a line each. What they train travels by MPI.
#pragma once

#include <poll.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/file_descriptor.h"

namespace wordfire {

class MessageLink {
 public:
  using Clock = std::chrono::steady_clock;

  // Takes a connected stream socket, of the network or of this machine, and never waits for it.
  explicit MessageLink(FileDescriptor socket);

  // Queues a message, and sends what the socket takes now.
  void send(const nlohmann::json& message);
  // Sends what is queued, and returns the messages that have come as a whole. The link closes at
  // the end of the connection, at an error, and at what is no object or too long.
  [[nodiscard]] std::vector<nlohmann::json> exchange();

  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  void close() { socket_ = FileDescriptor(); }
  [[nodiscard]] int socket() const { return socket_.get(); }
  // What poll() has to look for before exchange() has anything to do.
  [[nodiscard]] pollfd wanted() const;
  // When bytes came last, at first when the link was made.
  [[nodiscard]] Clock::time_point heard() const { return heard_; }
  // When a message was queued last.
  [[nodiscard]] Clock::time_point spoke() const { return spoke_; }

 private:
  void flush();
  void receive();

  FileDescriptor socket_;
  std::string to_send_;
  std::string received_;
  Clock::time_point heard_ = Clock::now();
  Clock::time_point spoke_ = Clock::now();
};

}  // namespace wordfire
