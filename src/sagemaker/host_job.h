// What the programs that watch over the hosts of a job know of it, and what comes out of it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "sagemaker/cluster.h"

namespace wordfire {

// How long the hosts of a job wait for each other.
struct HostPatience {
  // For a host that has not been heard of: names become known while containers start, and a host
  // may take longer than another to fetch its image and its part of the data.
  std::chrono::seconds appear{900};
  // For a word from a host that has been: two seconds after the last one the next is due.
  std::chrono::seconds silence{20};
  std::chrono::seconds beat{2};
  // For the training processes to have started on all hosts, and for them to end when one has.
  std::chrono::seconds start{40};
  std::chrono::seconds end{10};
};

struct HostJob {
  Cluster cluster;  // several hosts
  // What has to be the same on all hosts: version, hyperparameters and channels.
  nlohmann::json common;
  // Why this host cannot take part, if so: then the others end for the same reason.
  std::optional<Error> fault;
  // The program that trains, the same on every host, and the one that mpirun calls in the place of
  // ssh, with the address of a host and a command (launch_agent.h).
  std::vector<std::string> rank_command;
  std::vector<std::string> agent_command;
  std::function<void(std::string_view text)> info;
  // For the log, when all hosts are there.
  std::string announcement;
  const std::atomic<bool>* stop = nullptr;
  HostPatience patience;
};

// The same on all hosts.
struct Outcome {
  std::optional<Error> error;
  bool stopped = false;  // before there was a model
};

[[nodiscard]] nlohmann::json to_json(const Error& error);
[[nodiscard]] Error error_of(const nlohmann::json& message);
[[nodiscard]] nlohmann::json to_json(const Outcome& outcome);
[[nodiscard]] Outcome outcome_of(const nlohmann::json& message);

// Says in the log which host has which of the addresses, which are in the order of the hosts.
void tell_addresses(const HostJob& job, const nlohmann::json& addresses);

// The first difference between what two hosts know of a job: `hyperparameter "epochs": "5" on
// algo-1, "6" on algo-2`; "" if there is none.
[[nodiscard]] std::string first_difference(const nlohmann::json& one, const std::string& one_host,
                                           const nlohmann::json& other,
                                           const std::string& other_host);

}  // namespace wordfire
