#include "sagemaker/mpi_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

using Words = std::vector<std::string>;

TEST(MpiCommand, EachAddressGetsOneRankOnTheNetworkOfAll) {
  const Words addresses = {"10.0.3.17", "10.0.3.18"};
  const std::string command = fmt::format(
      "{} ", fmt::join(mpirun_command(addresses, {"train", "--agent"}, {"train", "--rank"}), " "));
  for (const char* part :
       {" --host 10.0.3.17,10.0.3.18 ", " -np 2 ", " plm_rsh_agent train --agent ",
        " btl_tcp_if_include 10.0.3.16/30 ", " oob_tcp_if_include 10.0.3.16/30 "}) {
    EXPECT_NE(command.find(part), std::string::npos) << part << "\n" << command;
  }
  EXPECT_TRUE(command.ends_with(" train --rank "));
}

TEST(MpiCommand, WhatMpirunQuotesForAShellLosesItsQuotes) {
  const Words words = {" orted", "-mca", "ess_base_jobid", "\"887\"", "uri", "\"8.0;tcp://1:2\""};
  EXPECT_EQ(orted_command(words),
            Words({"orted", "-mca", "ess_base_jobid", "887", "uri", "8.0;tcp://1:2"}));
}

TEST(MpiCommand, NothingButOrtedIsStarted) {
  for (const Words& words : {Words(), Words{"sh", "-c", "orted"}, Words{"/tmp/orted"}}) {
    EXPECT_NE(message_of(ErrorKind::kInternal, [&] { return orted_command(words).size(); }),
              "no error");
  }
}

}  // namespace
}  // namespace wordfire
