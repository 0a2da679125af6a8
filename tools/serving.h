// Runs a server until it is asked to stop: what the verb `serve` and the program `serve` share.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "serve/answer.h"
#include "serve/server_options.h"

namespace wordfire {

struct ServingJob {
  serve::ServerOptions options;
  serve::AnswerRules rules;
  std::string model;  // a file, folder or archive; watched, and replaced when it is another
  // The folder below which requests may load models, instead of `model`; empty for one model.
  std::string models_root;
  // Gets what an operator should know, a line each.
  std::function<void(std::string_view)> log;
};

// Takes the port, loads the model while /ping says that it is not ready, and answers requests until
// one of the stop signals comes. Throws Error for a port, model or number of threads that cannot be
// had. Where an answer is still computed when the time to stop is over, it ends the process, with
// status 0, instead of returning.
int run_server(const ServingJob& job);

}  // namespace wordfire
