// Communicators without MPI: one process, and the threads that other tests use as ranks.
#include "dist/communicator.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "communicator_checks.h"
#include "core/stopped.h"
#include "thread_ranks.h"

namespace wordfire {
namespace {

TEST(OneProcess, DoesWhatEveryCommunicatorDoes) {
  const auto one = make_one_process();
  EXPECT_EQ(one->size(), 1);
  check_communicator(*one);
  EXPECT_EQ(one->traffic().bytes_sent, 0);
}

TEST(ThreadRanks, DoWhatEveryCommunicatorDoes) {
  for (const int size : {1, 2, 3, 5}) run_ranks_well(size, check_communicator);
}

TEST(ThreadRanks, ShareFlags) { run_ranks_well(3, check_shared_flags); }

TEST(ThreadRanks, HearWhyOneFails) {
  const auto failures = run_ranks(3, [](Communicator& ranks) {
    if (ranks.rank() == 1) throw Error::data("a bad line");
    ranks.barrier();
  });
  for (const std::exception_ptr& failure : failures) {
    EXPECT_THROW(std::rethrow_exception(failure), Error);
  }
}

TEST(ThreadRanks, StopWaitingWhenAsked) {
  const std::atomic<bool> stop = true;
  const auto failures = run_ranks(2, [&](Communicator& ranks) {
    ranks.interrupt_with(&stop);
    if (ranks.rank() == 0) ranks.barrier();
  });
  EXPECT_THROW(std::rethrow_exception(failures[0]), Stopped);
}

TEST(ThreadRanks, Leave) {
  run_ranks_well(3, check_leaving_together);
  run_ranks_well(3, check_leaving_beside_one_that_fails);
  run_ranks_well(3, check_leaving_beside_one_that_abandons);
}

TEST(JoinRanks, IsAloneWithoutALauncher) {
  for (const char* const name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) ::unsetenv(name);
  EXPECT_EQ(join_ranks()->size(), 1);
  ::setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
  EXPECT_EQ(join_ranks()->size(), 1);
  ::unsetenv("OMPI_COMM_WORLD_SIZE");
}

// srun sets it for programs that are no ranks at all, too.
TEST(JoinRanks, IsAloneInATaskOfSlurmWithoutMpi) {
  ::setenv("SLURM_NTASKS", "4", 1);
  EXPECT_EQ(join_ranks()->size(), 1);
  ::unsetenv("SLURM_NTASKS");
}

}  // namespace
}  // namespace wordfire
