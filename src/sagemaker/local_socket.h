// A socket in a folder of this machine, by which what Open MPI starts on a host finds the program
// that watches over it.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "core/error.h"
#include "io/file_descriptor.h"
#include "sagemaker/message_link.h"

namespace wordfire {

// The variable that holds its path.
inline constexpr char kHostSocket[] = "WORDFIRE_HOST_SOCKET";

class LocalSocket {
 public:
  // Listens at `path`, in a folder that is this user's own. Throws Error (cannot_create).
  explicit LocalSocket(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int socket() const { return socket_.get(); }
  // The next that has come, nothing if there is none.
  [[nodiscard]] std::unique_ptr<MessageLink> accept() const;

  // From the other end: a connected socket, which waits. Throws Error (internal): nobody listens.
  [[nodiscard]] static FileDescriptor connect(const std::string& path);

 private:
  std::string path_;
  FileDescriptor socket_;
};

// What a training process tells the program that watches over its host. That it has ended without
// a word is told by the connection, which ends with it.
class RankReport {
 public:
  // Throws Error (internal): nobody listens.
  explicit RankReport(const std::string& socket_path);
  // It has started, and takes signals: SIGTERM asks for the model as it is.
  void started() noexcept;
  // It ends, with the model, or because it was stopped before there was one.
  void ended(bool stopped) noexcept;
  // It ends for an error. is_echo: of another one, that tells it itself.
  void failed(const Error& error, bool is_echo) noexcept;

 private:
  FileDescriptor socket_;
};

}  // namespace wordfire
