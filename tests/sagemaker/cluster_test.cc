#include "sagemaker/cluster.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sagemaker/container_fixture.h"

namespace wordfire {
namespace {

class ClusterTest : public ContainerTest {
 protected:
  [[nodiscard]] Cluster read(std::string_view json) const {
    config("resourceconfig.json", json);
    return read_cluster(ConfigFile(paths().config("resourceconfig.json")));
  }
};

TEST_F(ClusterTest, HostsAreSorted) {
  const Cluster cluster = read(R"({"current_host": "algo-2", "hosts": ["algo-2", "algo-1"],)"
                               R"("network_interface_name": "eth0", "topology": null})");
  EXPECT_EQ(cluster.hosts, std::vector<std::string>({"algo-1", "algo-2"}));
  EXPECT_EQ(cluster.current_host, "algo-2");
}

TEST_F(ClusterTest, EveryKeyAndTheFileMayBeMissing) {
  EXPECT_TRUE(read("{}").hosts.empty());
  EXPECT_TRUE(read(R"({"hosts": null})").hosts.empty());
  EXPECT_TRUE(read_cluster(ConfigFile(paths().config("none.json"))).hosts.empty());
}

TEST_F(ClusterTest, RefusesHostsThatAreNoNames) {
  for (const char* json : {R"({"hosts": "algo-1"})", R"({"hosts": [1]})",
                           R"({"current_host": "algo-3", "hosts": ["algo-1"]})",
                           R"({"current_host": "a", "hosts": ["a", "b", "a"]})",
                           R"({"hosts": ["algo-1", "algo-2"]})"}) {
    EXPECT_NE(message_of(ErrorKind::kData, [&] { return read(json).hosts.size(); }), "no error")
        << json;
  }
}

TEST_F(ClusterTest, RefusesHostsOfAnyDepth) {
  constexpr size_t kDeep = 300'000;
  const std::string deep =
      R"({"hosts": )" + std::string(kDeep, '[') + std::string(kDeep, ']') + "}";
  EXPECT_NE(message_of(ErrorKind::kData, [&] { return read(deep).hosts.size(); }), "no error");
}

}  // namespace
}  // namespace wordfire
