#include "sagemaker/host_address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wordfire {
namespace {

using Addresses = std::vector<std::string>;

TEST(HostAddress, AnAddressIsItsOwnName) {
  EXPECT_EQ(find_addresses("10.0.3.17"), Addresses{"10.0.3.17"});
}

TEST(HostAddress, OthersCannotReachAHostByLoopback) {
  EXPECT_EQ(find_addresses("localhost"), Addresses());
}

TEST(HostAddress, AnUnknownNameHasNone) {
  EXPECT_EQ(find_addresses("algo-1.invalid"), Addresses());
}

TEST(HostAddress, TheCommonNetworkIsTheSmallestThatHoldsAll) {
  EXPECT_EQ(common_network(Addresses{"10.0.3.17"}), "10.0.3.17/32");
  EXPECT_EQ(common_network(Addresses{"10.0.3.17", "10.0.3.18"}), "10.0.3.16/30");
  EXPECT_EQ(common_network(Addresses{"10.0.3.17", "10.0.3.200", "10.0.2.1"}), "10.0.2.0/23");
  EXPECT_EQ(common_network(Addresses{"10.0.0.1", "192.168.0.1"}), "0.0.0.0/0");
}

}  // namespace
}  // namespace wordfire
