// The program `serve`: an inference endpoint in a container, as SageMaker starts it.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "exit_code.h"
#include "program.h"
#include "serve/server_options.h"
#include "serving.h"
#include "standard_streams.h"

namespace wordfire {
namespace {

std::string help() {
  std::string text =
      "usage: serve\n\n"
      "Answers requests with the model that lies in /opt/ml/model, as SageMaker's endpoints and\n"
      "batch transform want it: GET /ping, POST /invocations, GET /execution-parameters; and GET\n"
      "/metrics for Prometheus.\n\n"
      "  --version             print the version\n"
      "  --options-markdown    print the table of variables and flags of README.md\n\n"
      "Environment:\n"
      "  SAGEMAKER_BASE_DIR    another folder than /opt/ml\n"
      "  SAGEMAKER_MULTI_MODEL true: many models, which come from /opt/ml/models by POST /models, "
      "go\n"
      "      by DELETE /models/NAME, and answer at /models/NAME/invoke\n"
      "  SAGEMAKER_BATCH       true: a line of JSON lines that is wrong gets an answer that says "
      "so\n";
  for (const serve::ServerOptionRow& row : serve::server_option_table())
    text += "  " + std::string(row.variable) + "\n      " + serve::server_option_help(row) + '\n';
  return text;
}

const char* variable(const std::string& name) { return std::getenv(name.c_str()); }

// "true" of the platform, "True" of the Python SDK.
bool is_true(const std::string& name) {
  const char* const value = variable(name);
  std::string text = value == nullptr ? "" : value;
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text == "true" || text == "1";
}

int run_endpoint() {
  const char* const base = variable("SAGEMAKER_BASE_DIR");
  ServingJob job;
  job.options.address = "0.0.0.0";
  job.options = serve::server_options_of(job.options, variable);
  job.rules.default_accept = job.options.accept;
  job.rules.bad_lines_stay_alone = is_true("SAGEMAKER_BATCH");
  const std::string folder = base == nullptr || *base == '\0' ? "/opt/ml" : base;
  (is_true("SAGEMAKER_MULTI_MODEL") ? job.models_root : job.model) =
      folder + (is_true("SAGEMAKER_MULTI_MODEL") ? "/models" : "/model");
  job.log = [](std::string_view line) { print_error(line); };
  return run_server(job);
}

int run(std::span<const std::string> args) {
  const std::string_view first = args.empty() ? "serve" : std::string_view(args[0]);
  if (args.size() <= 1 && first == "serve") return run_endpoint();
  if (first == "--help" || first == "-h") {
    write_stdout(help());
  } else if (first == "--options-markdown") {
    write_stdout(serve::server_options_markdown());
  } else if (first == "--version") {
    write_stdout("wordfire " WORDFIRE_VERSION "\n");
  } else {
    throw Error::usage("argument \"" + args.back() +
                       "\": serve takes none, its settings are variables; see serve --help");
  }
  return kExitDone;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) { return wordfire::run_main(argc, argv, wordfire::run); }
