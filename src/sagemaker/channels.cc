#include "sagemaker/channels.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "core/ascii_text.h"
#include "core/error.h"
#include "io/byte_source.h"
#include "io/input_format.h"
#include "io/pipe_path.h"
#include "io/recipe.h"

namespace wordfire {
namespace {

namespace fs = std::filesystem;

// "Application/JSONLines; charset=utf-8" -> "application/jsonlines".
std::string media_type(const std::string& content_type) {
  std::string type = lower_ascii(content_type.substr(0, content_type.find(';')));
  std::erase_if(type, [](char c) { return c == ' ' || c == '\t'; });
  return type;
}

ChannelMode parse_mode(const std::string& text, const std::string& where) {
  const std::string mode = lower_ascii(text);
  if (mode.empty() || mode == "file") return ChannelMode::kFile;
  if (mode == "fastfile") return ChannelMode::kFastFile;
  if (mode == "pipe") return ChannelMode::kPipe;
  throw Error::data(
      fmt::format("{}: TrainingInputMode \"{}\", want File, FastFile or Pipe", where, text));
}

bool parse_wrapper(const std::string& text, const std::string& where) {
  const std::string wrapper = lower_ascii(text);
  if (wrapper.empty() || wrapper == "none") return false;
  if (wrapper == "recordio") return true;
  throw Error::data(
      fmt::format("{}: RecordWrapperType \"{}\", want None or RecordIO", where, text));
}

// Two keys of the platform's own API; nobody promises that they arrive.
bool names_manifest(const nlohmann::json& settings, const std::string& where) {
  return settings.contains("AttributeNames") ||
         lower_ascii(ConfigFile::text(settings, "S3DataType", where)) == "augmentedmanifestfile";
}

Channel read_channel(const std::string& name, const nlohmann::json& settings,
                     const ContainerPaths& paths) {
  const std::string where = fmt::format("inputdataconfig.json: channel \"{}\"", name);
  if (!settings.is_object() && !settings.is_null()) {
    throw Error::data(
        fmt::format("{}: got a JSON {}, want an object", where, settings.type_name()));
  }
  Channel channel;
  channel.name = name;
  channel.path = paths.channel(name);
  if (settings.is_null()) return channel;
  const auto text = [&](std::string_view key) { return ConfigFile::text(settings, key, where); };
  channel.mode = parse_mode(text("TrainingInputMode"), where);
  channel.content_type = media_type(text("ContentType"));
  channel.wrapped = parse_wrapper(text("RecordWrapperType"), where);
  channel.manifest = names_manifest(settings, where);
  channel.sharded = lower_ascii(text("S3DistributionType")) == "shardedbys3key";
  return channel;
}

std::vector<Channel> channels_of_folders(const ContainerPaths& paths) {
  std::vector<Channel> channels;
  std::error_code failure;
  for (fs::directory_iterator entry(paths.data(), failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code ignored;
    const std::string name = entry->path().filename();
    if (name.starts_with('.') || !entry->is_directory(ignored)) continue;
    channels.push_back({.name = name, .content_type = "", .path = entry->path()});
  }
  std::ranges::sort(channels, {}, &Channel::name);
  return channels;
}

bool is_text(const fs::path& path) {
  const std::string name = path.filename();
  return !name.starts_with('.') && name != kRecipeFile && name != "_SUCCESS";
}

std::string quoted_name(const Channel& channel) {
  return fmt::format("channel \"{}\"", channel.name);
}

// Which records a file holds. What has none is taken for records, too: reading it says where they
// end.
InputFormat records_of(const std::string& path) {
  std::string head(kMostHeadBytes, '\0');
  const std::unique_ptr<ByteSource> source = open_source(path);
  size_t size = 0;
  for (size_t bytes = 1; bytes > 0 && size < head.size(); size += bytes) {
    bytes = source->read(std::span(head).subspan(size));
  }
  head.resize(size);
  const auto told = tell_input_format(head, true, path, "__label__");
  const bool records =
      told == InputFormat::kRecordIoProtobuf || told == InputFormat::kAugmentedManifest;
  return records ? *told : InputFormat::kRecordIo;
}

// The text files below a channel's folder, sorted; an error that ended the search.
std::vector<std::string> find_files(const Channel& channel, std::error_code& failure) {
  std::vector<std::string> files;
  fs::recursive_directory_iterator entry(channel.path, failure);
  for (const fs::recursive_directory_iterator end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code ignored;  // a link that leads nowhere is no file
    if (entry->is_directory(ignored)) {
      if (!is_text(entry->path())) entry.disable_recursion_pending();
    } else if (is_text(entry->path()) && entry->is_regular_file(ignored)) {
      files.push_back(entry->path());
    }
  }
  std::ranges::sort(files);
  return files;
}

[[noreturn]] void refuse_folder(const Channel& channel, const std::error_code& failure) {
  throw Error::no_input(fmt::format("{}: {}: cannot read the folder ({})", quoted_name(channel),
                                    channel.path, failure.message()));
}

}  // namespace

std::vector<Channel> read_channels(const ConfigFile& file, const ContainerPaths& paths) {
  if (file.object().empty()) return channels_of_folders(paths);
  std::vector<Channel> channels;
  for (const auto& [name, settings] : file.object().items()) {
    channels.push_back(read_channel(name, settings, paths));
  }
  return channels;
}

std::vector<std::string> list_channel_files(const Channel& channel) {
  std::error_code failure;
  std::vector<std::string> files = find_files(channel, failure);
  if (failure) refuse_folder(channel, failure);
  if (files.empty()) {
    throw Error::no_input(
        fmt::format("{}: {}: no files in this folder, want at least one; does "
                    "the channel's S3 prefix hold objects?",
                    quoted_name(channel), channel.path));
  }
  return files;
}

std::vector<std::string> channel_input(const Channel& channel, size_t hosts) {
  if (channel.mode == ChannelMode::kPipe) return {std::string(kPipeScheme) + channel.path};
  if (hosts <= 1 || !channel.sharded) return list_channel_files(channel);
  std::error_code failure;
  std::vector<std::string> files = find_files(channel, failure);
  // Nobody says whether a host without objects has the folder.
  if (failure && failure != std::errc::no_such_file_or_directory) refuse_folder(channel, failure);
  if (files.empty()) files.emplace_back("/dev/null");
  return files;
}

InputFormat channel_format(const Channel& channel, const std::vector<std::string>& files) {
  const std::string& type = channel.content_type;
  const bool is_pipe = channel.mode == ChannelMode::kPipe;
  const bool records = type == "application/x-recordio";
  const bool lines = type == "application/jsonlines" || type == "application/x-jsonlines" ||
                     type == "application/x-ndjson";
  if (is_pipe && channel.manifest && !channel.wrapped) {
    throw Error::usage(fmt::format(
        "{}: an augmented manifest with RecordWrapperType None, want RecordIO: without it texts "
        "and labels arrive with nothing between them",
        quoted_name(channel)));
  }
  // The platform wraps in Pipe mode alone: an object a record, or a manifest's value a record.
  if (is_pipe && channel.wrapped && (channel.manifest || records || lines)) {
    return InputFormat::kAugmentedManifest;
  }
  if (type == "application/x-recordio-protobuf") return InputFormat::kRecordIoProtobuf;
  if (lines) return InputFormat::kJsonLines;
  if (records) return is_pipe ? InputFormat::kRecordIo : records_of(files.front());
  return InputFormat::kAuto;
}

}  // namespace wordfire
