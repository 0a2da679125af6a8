// The communicator over MPI: mpirun starts several of this program, and each runs the same tests.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "communicator_checks.h"
#include "core/stopped.h"

namespace wordfire {
namespace {

std::unique_ptr<Communicator> ranks;

TEST(MpiRanks, DoWhatEveryCommunicatorDoes) {
  ASSERT_GT(ranks->size(), 1);
  check_communicator(*ranks);
}

// Longer than one operation takes (64 MiB).
TEST(MpiRanks, SumWhatIsLargerThanAnOperation) { check_background_sums(*ranks, 17'000'000); }

TEST(MpiRanks, ShareFlags) { check_shared_flags(*ranks); }

TEST(MpiRanks, CountWhatTheySend) {
  const int64_t before = ranks->traffic().bytes_sent;
  (void)ranks->start_sum(std::vector<float>(1000), SumPrecision::kSingle)->take();
  const int64_t n = ranks->size();
  EXPECT_EQ(ranks->traffic().bytes_sent - before, 2 * 4000 * (n - 1) / n);
  EXPECT_GT(ranks->traffic().seconds_under_way, 0);
  EXPECT_GT(ranks->traffic().seconds_waited, 0);
}

// By itself: the ranks are of no use afterwards.
TEST(FailingRank, IsHeardByTheOthers) {
  const bool fails = ranks->rank() == ranks->size() - 1;
  if (fails) return ranks->fail(Error::data("line 7 is bad"));
  try {
    ranks->barrier();
    FAIL() << "the barrier was passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_NE(std::string(error.what()).find("line 7 is bad"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("rank " + std::to_string(ranks->size() - 1)),
              std::string::npos);
  }
  EXPECT_FALSE(ranks->speaks());
}

// All fail at the same time, as with a wrong option: one of them says so.
TEST(FailingRanks, HaveOneSpeaker) {
  ranks->fail(Error::usage("a wrong option"));
  EXPECT_EQ(ranks->speaks(), ranks->rank() == 0);
}

TEST(StoppedRanks, StopWaiting) {
  std::atomic<bool> stop = false;
  ranks->share({&stop});
  ranks->interrupt_with(&stop);
  if (ranks->rank() == 0) stop = true;
  EXPECT_THROW(
      {
        // Without the last rank, which never comes.
        if (ranks->rank() < ranks->size() - 1) ranks->barrier();
        while (!stop) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        throw Stopped();
      },
      Stopped);
  ranks->interrupt_with(nullptr);
  ranks->share({});
}

TEST(MpiRanksAtLast, LeaveTogether) { check_leaving_together(*ranks); }

TEST(RanksLeaveWith, OneThatFails) { check_leaving_beside_one_that_fails(*ranks); }

TEST(RanksLeaveWithout, OneThatAbandons) { check_leaving_beside_one_that_abandons(*ranks); }

// The others wait for the call that it does not make, until mpirun ends them.
TEST(UnwindingRank, WaitsForNobody) {
  if (ranks->rank() < ranks->size() - 1) return ranks->barrier();
  const auto unwind = [] {
    const std::unique_ptr<Communicator> gone = std::move(ranks);
    throw 7;
  };
  EXPECT_THROW(unwind(), int);
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  wordfire::ranks = wordfire::join_ranks();
  const int status = RUN_ALL_TESTS();
  wordfire::ranks.reset();  // not after main(), where MPI itself may be gone
  return status;
}
