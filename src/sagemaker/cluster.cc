#include "sagemaker/cluster.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace wordfire {
namespace {

// Several hosts have to tell themselves apart.
void check_names(const Cluster& cluster, const std::string& file) {
  if (cluster.hosts.size() <= 1) return;
  if (const auto twice = std::ranges::adjacent_find(cluster.hosts); twice != cluster.hosts.end()) {
    throw Error::data(fmt::format(R"({}: "hosts" has "{}" twice, want each once)", file, *twice));
  }
  if (!cluster.current_host.empty()) return;
  throw Error::data(fmt::format("{}: {} hosts and no \"current_host\", want the one that this is",
                                file, cluster.hosts.size()));
}

}  // namespace

Cluster read_cluster(const ConfigFile& file) {
  Cluster cluster;
  cluster.current_host = file.text("current_host");
  // Looked at where it is: to copy what is deeply nested takes more stack than there is.
  if (const auto hosts = file.object().find("hosts");
      hosts != file.object().end() && !hosts->is_null()) {
    const bool texts = hosts->is_array() &&
                       std::ranges::all_of(*hosts, [](const auto& one) { return one.is_string(); });
    if (!texts) throw Error::data(fmt::format("{}: \"hosts\", want a list of names", file.name()));
    hosts->get_to(cluster.hosts);
  }
  std::ranges::sort(cluster.hosts);
  if (!cluster.current_host.empty() && !cluster.hosts.empty() &&
      std::ranges::find(cluster.hosts, cluster.current_host) == cluster.hosts.end()) {
    throw Error::data(fmt::format(R"({}: current_host "{}", want one of "hosts")", file.name(),
                                  cluster.current_host));
  }
  check_names(cluster, file.name());
  return cluster;
}

}  // namespace wordfire
