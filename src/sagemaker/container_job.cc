#include "sagemaker/container_job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "core/error.h"
#include "core/nearest_name.h"
#include "core/option_check.h"
#include "io/scratch_folder.h"
#include "sagemaker/failure_file.h"
#include "sagemaker/raw_rows.h"

namespace wordfire {
namespace {

[[noreturn]] void refuse_without_train(const std::vector<Channel>& channels) {
  std::vector<std::string_view> names;
  std::ranges::transform(channels, std::back_inserter(names), &Channel::name);
  const std::string found =
      names.empty() ? "there are none" : fmt::format("got \"{}\"", fmt::join(names, "\", \""));
  constexpr std::string_view kWanted[] = {"train"};
  const auto near = std::ranges::find_if(
      names, [&](std::string_view name) { return !nearest_name(name, kWanted).empty(); });
  const std::string advice =
      near == names.end() ? "" : fmt::format("; is \"{}\" meant to be it?", *near);
  throw Error::no_input(fmt::format("channels: {}, want one named \"train\"{}", found, advice));
}

// Channels by what they are for; the rest is noted.
void assign_channels(std::vector<Channel> channels, ContainerJob& job) {
  const bool is_classifier = job.parameters.mode == TrainingMode::kSupervised;
  bool has_train = false;
  const std::vector<Channel> all = channels;
  for (Channel& channel : channels) {
    if (channel.name == "train") {
      job.train = std::move(channel);
      has_train = true;
    } else if (channel.name == "validation" && is_classifier) {
      job.validation = std::move(channel);
    } else if (channel.name == "evaluation" && job.parameters.evaluation) {
      job.evaluation = std::move(channel);
    } else {
      job.notes.push_back(fmt::format("channel \"{}\" has no use in this job", channel.name));
    }
  }
  if (!has_train) refuse_without_train(all);
}

// The tests of word vectors are small files, of which some are pairs and some are analogies.
void check_evaluation(const Channel& channel) {
  if (channel.mode != ChannelMode::kPipe) return;
  throw Error::usage(
      fmt::format("channel \"{}\": got Pipe mode, want File or FastFile: its files "
                  "are told apart by their contents",
                  channel.name));
}

void take_channel(const Channel& channel, size_t hosts, std::vector<std::string>& input,
                  InputFormat& format) {
  input = channel_input(channel, hosts);
  format = channel_format(channel, input);
}

// Where the platform keeps checkpoints; empty: nowhere. Without a word of it, in its folder if
// there is one, as in a container that was started by hand.
std::string checkpoint_folder(const ContainerPaths& paths) {
  const ConfigFile config(paths.config("checkpointconfig.json"));
  std::string folder = config.text("LocalPath");
  if (!folder.empty()) return folder;
  std::error_code ignored;
  const bool wanted =
      config.exists() || std::filesystem::is_directory(paths.checkpoints(), ignored);
  return wanted ? paths.checkpoints() : "";
}

// Where learning curves go: the platform brings that folder to where its owner looks at it.
std::string curves_folder(const ContainerPaths& paths) {
  const std::string local =
      ConfigFile(paths.config("tensorboardoutputconfig.json")).text("LocalPath");
  return local.empty() ? paths.tensorboard() : local;
}

// A host with no object of the channel, or without its prepare.json, would not know what they are.
[[noreturn]] void refuse_shards_of_rows() {
  throw Error::usage(
      "channel \"train\": got raw rows and ShardedByS3Key, want FullyReplicated, or text that "
      "\"wordfire prepare\" has made of them");
}

// Options that contradict each other. Validation text that is split off raw rows is not there yet.
void check(const ContainerJob& job) {
  Options options = job.options;
  const std::optional<Recipe> recipe = find_raw_recipe(job);
  if (recipe && (options.sharded || options.sharded_validation)) refuse_shards_of_rows();
  if (options.validation.empty() && recipe && recipe->split > 0) options.validation = options.input;
  try {
    (void)check_options(std::move(options));
  } catch (const Error& error) {
    throw Error(error.kind(), in_job_words(error.what()), error.fault());
  }
}

}  // namespace

ContainerJob read_container_job(const ContainerPaths& paths) {
  ContainerJob job;
  job.parameters = parse_hyperparameters(ConfigFile(paths.config("hyperparameters.json")));
  job.notes = job.parameters.notes;
  job.cluster = read_cluster(ConfigFile(paths.config("resourceconfig.json")));
  assign_channels(read_channels(ConfigFile(paths.config("inputdataconfig.json")), paths), job);
  job.options = job.parameters.options;
  const bool is_classifier = job.parameters.mode == TrainingMode::kSupervised;
  job.options.output = paths.model() + (is_classifier ? "/model" : "/vectors");
  job.options.train_score = is_classifier;
  job.options.checkpoint_dir = checkpoint_folder(paths);
  job.options.resume = !job.options.checkpoint_dir.empty();
  job.options.tensorboard = curves_folder(paths);
  job.options.scratch_dir = temporary_folder();
  Options& options = job.options;
  const size_t hosts = job.cluster.hosts.size();
  options.sharded = hosts > 1 && job.train.sharded;
  take_channel(job.train, hosts, options.input, options.input_format);
  if (!is_classifier && options.input_format == InputFormat::kAugmentedManifest) {
    options.input_format = InputFormat::kRecordIo;  // every record is text: nothing has a label
  }
  if (job.validation) {
    options.sharded_validation = hosts > 1 && job.validation->sharded;
    take_channel(*job.validation, hosts, options.validation, options.validation_format);
  }
  if (job.evaluation) check_evaluation(*job.evaluation);
  check(job);
  return job;
}

}  // namespace wordfire
