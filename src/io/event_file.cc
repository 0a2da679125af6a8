#include "io/event_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "event.pb.h"
#include "io/crc32c.h"

namespace wordfire {
namespace {

constexpr const char* kVersion = "brain.Event:2";

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

uint32_t masked_crc(std::string_view bytes) {
  constexpr uint32_t kDelta = 0xa282ead8;
  const uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + kDelta;
}

template <typename Number>
std::string bytes_of(Number number) {
  std::string bytes(sizeof(number), '\0');
  std::memcpy(bytes.data(), &number, sizeof(number));
  return bytes;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "host";
  return name.data();
}

events::Event event_at(int64_t step) {
  events::Event event;
  event.set_wall_time(seconds_since_1970());
  event.set_step(step);
  return event;
}

// Readers sort files by name, so a later process comes later.
std::string new_path(const std::string& folder, int attempt) {
  return fmt::format("{}/events.out.tfevents.{:010}.{}.{}.{}", folder,
                     static_cast<int64_t>(seconds_since_1970()), host_name(), ::getpid(), attempt);
}

}  // namespace

EventFile::EventFile(const std::string& folder) {
  constexpr int kMostTries = 100;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);  // opening says what is wrong
  int error = EEXIST;
  for (int i = 0; i < kMostTries && !fd_.is_open() && error == EEXIST; ++i) {
    path_ = new_path(folder, i);
    fd_ = FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    error = errno;
  }
  if (!fd_.is_open()) {
    throw Error::cannot_create(
        fmt::format("{}: cannot create this file ({})", path_, std::strerror(error)));
  }
  events::Event first = event_at(0);
  first.set_file_version(kVersion);
  append(first.SerializeAsString());
}

void EventFile::restart_at(int64_t step) {
  events::Event event = event_at(step);
  event.mutable_session_log()->set_status(events::SessionLog::START);
  append(event.SerializeAsString());
}

void EventFile::write(int64_t step, std::span<const Scalar> values) {
  events::Event event = event_at(step);
  for (const Scalar& scalar : values) {
    events::Summary::Value& value = *event.mutable_summary()->add_value();
    value.set_tag(std::string(scalar.tag));
    value.set_simple_value(static_cast<float>(scalar.value));
  }
  append(event.SerializeAsString());
}

// In one write, so that a reader finds whole records.
void EventFile::append(const std::string& message) {
  const std::string length = bytes_of<uint64_t>(message.size());
  const std::string record =
      length + bytes_of(masked_crc(length)) + message + bytes_of(masked_crc(message));
  std::string_view rest = record;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = written < 0 ? errno : ENOSPC;
      throw Error::io(fmt::format("{}: writing failed ({})", path_, std::strerror(error)));
    }
    rest.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace wordfire
