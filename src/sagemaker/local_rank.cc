#include "sagemaker/local_rank.h"

#include <algorithm>
#include <csignal>

namespace wordfire {

void LocalRank::add_wanted(std::vector<pollfd>& wanted) const {
  wanted.push_back({.fd = socket_.socket(), .events = POLLIN, .revents = 0});
  for (const auto& link : links_) wanted.push_back(link->wanted());
}

void LocalRank::look() {
  while (auto link = socket_.accept()) links_.push_back(std::move(link));
  for (const auto& link : links_) {
    for (const nlohmann::json& message : link->exchange()) take(*link, message);
    if (link->is_open() || link.get() != rank_ || end_) continue;
    const Error lost = Error::internal(
        "the training process ended without a word, want a model or a reason; was it killed, or is "
        "memory full?");
    end_ = RankEnd{.outcome = {.error = lost, .stopped = false}, .is_echo = true};
  }
  std::erase_if(links_, [](const auto& link) { return !link->is_open(); });
}

void LocalRank::take(MessageLink& link, const nlohmann::json& message) {
  const std::string is = message.value("is", "");
  if (is == "started") {
    rank_ = &link;
    process_ = message.value("process", 0);
  } else if (is == "ended") {
    end_ = RankEnd{.outcome = outcome_of(message), .is_echo = message.value("echo", false)};
  } else if (is == "launch" && launch_(message)) {
    link.send({{"is", "launched"}});
  }
}

void LocalRank::request_stop() {
  if (asked_to_stop_ || !has_started() || end_) return;
  asked_to_stop_ = true;
  (void)::kill(process_, SIGTERM);
}

}  // namespace wordfire
