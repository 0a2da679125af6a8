// Stands for verb_serve.cc where the server is not built.
#include "core/error.h"
#include "exit_code.h"
#include "standard_streams.h"
#include "verbs.h"

namespace wordfire {
namespace {

constexpr const char* kRebuild =
    "wordfire serve: this program was built without the server; build it with -DWORDFIRE_SERVE=ON";

}  // namespace

int run_serve(VerbArgs args) {
  if (args.empty() || args[0] != "--help") throw Error::usage(kRebuild);
  write_stdout(std::string(kRebuild) + '\n');
  return kExitDone;
}

}  // namespace wordfire
