// The channels of a job: inputdataconfig.json, and what lies in /opt/ml/input/data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

// The name of the -inputFormat that a channel has by its content type and wrapper: "auto", "text",
// "jsonlines", "recordio", "recordio-protobuf" or "augmented-manifest". Throws Error (usage) for an
// augmented manifest without RecordIO, whose values have nothing between them.
[[nodiscard]] std::string_view channel_format(const Channel& channel);

}  // namespace wordfire
