// The channels of a job: inputdataconfig.json, and what lies in /opt/ml/input/data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"
#include "sagemaker/config_file.h"
#include "sagemaker/container_paths.h"

namespace wordfire {

enum class ChannelMode : uint8_t { kFile, kFastFile, kPipe };

struct Channel {
  std::string name;
  ChannelMode mode = ChannelMode::kFile;
  std::string content_type;  // lower case, without parameters; empty: none given
  bool wrapped = false;      // RecordWrapperType is RecordIO
  bool manifest = false;     // said to come from an augmented manifest
  bool sharded = false;      // of several hosts each has its own objects, and may have none
  std::string path;          // folder, or the prefix of the channel's FIFOs
};

// The channels that `file`, inputdataconfig.json, names; without it, or if it names none, the
// folders in input/data, as in a container that was started by hand. Throws Error (data) for a
// setting that is not understood.
[[nodiscard]] std::vector<Channel> read_channels(const ConfigFile& file,
                                                 const ContainerPaths& paths);

// The regular files of a channel in File or FastFile mode, those of folders in it too, sorted by
// path; hidden ones, prepare.json and Spark's _SUCCESS left out. Throws Error (no_input): the
// folder is not there or cannot be read, or there is no file in it.
[[nodiscard]] std::vector<std::string> list_channel_files(const Channel& channel);

// The paths that a run reads: list_channel_files(), or "pipe:PREFIX" (io/pipe_path.h). hosts: of
// the job; with several of them a sharded channel that holds no file is one that is empty,
// "/dev/null".
[[nodiscard]] std::vector<std::string> channel_input(const Channel& channel, size_t hosts = 1);

// The format that a channel has by its content type and wrapper; the types of plain text decide
// nothing. files: what channel_input() gave; the first one is looked into where the type says
// records and files may hold several kinds of them. Throws Error (usage) for an augmented manifest
// without RecordIO, whose values have nothing between them; Error as ByteSource does.
[[nodiscard]] InputFormat channel_format(const Channel& channel,
                                         const std::vector<std::string>& files);

}  // namespace wordfire
