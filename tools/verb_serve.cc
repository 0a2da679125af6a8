// serve: answers HTTP requests, as an endpoint does, on this machine.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "exit_code.h"
#include "serve/server_options.h"
#include "serving.h"
#include "standard_streams.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {
namespace {

// Flags as texts, to be read by the table.
struct ServerFlags {
  explicit ServerFlags(VerbArguments& arguments) {
    for (const serve::ServerOptionRow& row : serve::server_option_table())
      arguments.option(std::string(row.flag), texts[&row - serve::server_option_table().data()],
                       serve::server_option_help(row));
  }

  [[nodiscard]] serve::ServerOptions options() const {
    serve::ServerOptions read;
    for (size_t i = 0; i < texts.size(); ++i) {
      const serve::ServerOptionRow& row = serve::server_option_table()[i];
      if (texts[i]) set_server_option(read, row, *texts[i], fmt::format("option -{}", row.flag));
    }
    return read;
  }

  std::vector<std::optional<std::string>> texts =
      std::vector<std::optional<std::string>>(serve::server_option_table().size());
};

}  // namespace

int run_serve(VerbArgs args) {
  std::optional<std::string> model;
  VerbArguments arguments(
      "serve", "Answers HTTP requests with a model, on this machine, until Ctrl-C or SIGTERM.");
  arguments.option(
      "model", model,
      "the model, .bin or .ftz, or a folder or .tar.gz with one; it is replaced when the file is");
  const ServerFlags flags(arguments);
  if (!arguments.parse(args)) return kExitDone;
  if (!model) throw Error::usage("option -model: is missing; name the .bin or .ftz file to serve");
  ServingJob job;
  job.options = flags.options();
  job.model = *model;
  job.log = [](std::string_view line) { print_error(line); };
  job.rules.default_accept = job.options.accept;
  return run_server(job);
}

}  // namespace wordfire
