#include "sagemaker/host_job.h"

#include <fmt/format.h>

namespace wordfire {
namespace {

// What an object has at a key, as text.
std::string shown(const nlohmann::json& object, const std::string& key) {
  const auto found = object.find(key);
  return found == object.end()
             ? "none"
             : found->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// The first key whose values differ, or that one of them lacks.
std::string differing_key(const nlohmann::json& one, const nlohmann::json& other) {
  for (const auto* const object : {&one, &other}) {
    for (const auto& [key, value] : object->items()) {
      if (!one.contains(key) || !other.contains(key) || one[key] != other[key]) return key;
    }
  }
  return "";
}

}  // namespace

nlohmann::json to_json(const Error& error) {
  return {{"kind", static_cast<int>(error.kind())},
          {"fault", static_cast<int>(error.fault())},
          {"text", error.what()}};
}

Error error_of(const nlohmann::json& message) {
  return {static_cast<ErrorKind>(message.value("kind", static_cast<int>(ErrorKind::kInternal))),
          message.value("text", "unknown"), static_cast<SystemFault>(message.value("fault", 0))};
}

nlohmann::json to_json(const Outcome& outcome) {
  nlohmann::json message = {{"is", "outcome"}, {"stopped", outcome.stopped}};
  if (outcome.error) message["error"] = to_json(*outcome.error);
  return message;
}

Outcome outcome_of(const nlohmann::json& message) {
  Outcome outcome{.error = std::nullopt, .stopped = message.value("stopped", false)};
  if (message.contains("error")) outcome.error = error_of(message["error"]);
  return outcome;
}

void tell_addresses(const HostJob& job, const nlohmann::json& addresses) {
  std::string own;
  for (size_t i = 0; i < job.cluster.hosts.size(); ++i) {
    const std::string address = addresses.at(i);
    job.info(fmt::format("Found {} for host {}", address, job.cluster.hosts[i]));
    if (job.cluster.hosts[i] == job.cluster.current_host) own = address;
  }
  if (!job.announcement.empty()) job.info(job.announcement);
  job.info(fmt::format("Number of hosts: {}, master IP address: {}, host IP address: {}.",
                       job.cluster.hosts.size(), addresses.at(0).get<std::string>(), own));
}

std::string first_difference(const nlohmann::json& one, const std::string& one_host,
                             const nlohmann::json& other, const std::string& other_host) {
  const std::string part = differing_key(one, other);
  if (part.empty()) return "";
  const bool deeper = one.contains(part) && other.contains(part) && one[part].is_object() &&
                      other[part].is_object();
  const nlohmann::json& left = deeper ? one[part] : one;
  const nlohmann::json& right = deeper ? other[part] : other;
  const std::string key = deeper ? differing_key(left, right) : part;
  return fmt::format("{}: {} on {}, {} on {}", deeper ? fmt::format("{} \"{}\"", part, key) : key,
                     shown(left, key), one_host, shown(right, key), other_host);
}

}  // namespace wordfire
