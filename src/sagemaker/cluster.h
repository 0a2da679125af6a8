// The hosts of a job: resourceconfig.json.
#pragma once

#include <string>
#include <vector>

#include "sagemaker/config_file.h"

namespace wordfire {

struct Cluster {
  std::string current_host;        // empty: not known
  std::vector<std::string> hosts;  // sorted; a host's rank is its place here
};

// A file that is not there, or names no hosts, is a job on one machine. Throws Error (data) when
// hosts are no list of different texts, or current_host is not among them; of several it has to be
// one.
[[nodiscard]] Cluster read_cluster(const ConfigFile& file);

}  // namespace wordfire
