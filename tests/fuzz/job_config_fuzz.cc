// The files that describe a job in a container: whatever they hold, they are taken or refused with
// an error of ours. What is taken are options within the ranges of the table. First byte: which
// file.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/option_value.h"
#include "sagemaker/channels.h"
#include "sagemaker/cluster.h"
#include "sagemaker/container_paths.h"
#include "sagemaker/hyperparameters.h"
#include "tests/fuzz/memory_file.h"

namespace wordfire {
namespace {

// Sets every option of a job once more, by its text. A job has no lists, so that one value follows
// each flag.
void require_options_in_range(const Hyperparameters& job) {
  Options again = default_options(job.mode);
  const std::vector<std::string> arguments = option_arguments(job.options);
  try {
    for (size_t i = 0; i < arguments.size(); ++i) {
      const OptionRow& row = *find_option(arguments[i].substr(1), job.mode);
      set_option(again, row, row.is_switch() ? "true" : arguments[++i]);
    }
  } catch (const Error&) {
    std::abort();
  }
}

void read_job_file(uint8_t kind, const std::string& path) {
  const ConfigFile file(path);
  if (kind % 3 == 0) require_options_in_range(parse_hyperparameters(file));
  if (kind % 3 == 2) (void)read_cluster(file);
  if (kind % 3 != 1 || file.object().empty()) return;
  for (const Channel& channel : read_channels(file, ContainerPaths("/nonexistent"))) {
    if (channel.mode == ChannelMode::kPipe) {
      (void)channel_format(channel, channel_input(channel));
    }
  }
}

}  // namespace
}  // namespace wordfire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const wordfire::MemoryFile file(data + 1, size - 1);
  try {
    wordfire::read_job_file(data[0], file.path());
  } catch (const wordfire::Error&) {
  }
  return 0;
}
