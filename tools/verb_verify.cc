// verify: reads every byte of a model and says whether it is as it was written.
#include <fmt/format.h>

#include <string>

#include "core/error.h"
#include "exit_code.h"
#include "io/manifest.h"
#include "standard_streams.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {

int run_verify(VerbArgs args) {
  std::string path;
  VerbArguments arguments(
      "verify",
      "Reads a whole model: structure, numbers, and the checksums in the manifest beside it.");
  arguments.required("model", path, "the model, .bin or .ftz");
  if (!arguments.parse(args)) return kExitDone;
  const Verification verification = verify_model(path);
  for (const std::string& warning : verification.warnings) print_error("warning: " + warning);
  for (const std::string& finding : verification.findings) write_stdout(finding + '\n');
  if (!verification.findings.empty()) {
    throw Error::model(fmt::format("{}: {} found, want none; restore the model or train it again",
                                   path,
                                   verification.findings.size() == 1
                                       ? "1 fault"
                                       : fmt::format("{} faults", verification.findings.size())));
  }
  write_stdout(verification.complete
                   ? fmt::format("{}: sound, every byte is as it was written\n", path)
                   : fmt::format("{}: sound in structure and numbers; there is no manifest of it "
                                 "to compare bytes with\n",
                                 path));
  return kExitDone;
}

}  // namespace wordfire
