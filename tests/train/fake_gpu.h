// GPUs made of processors, in the place of src/cuda: a program that has fake_gpu.cc trains on them.
// Like real ones they keep the weights to themselves; they train line by line as one thread does.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <vector>

namespace wordfire {

struct FakeGpus {
  int count = 0;
  std::set<int> broken;               // that cannot be used
  int64_t memory = int64_t{4} << 30;  // of each, in bytes: free

  // What has been done with them, by all ranks:
  std::vector<int> looked_for;
  std::vector<int> trained_on;
  int weights_taken = 0;  // all of them
  int weights_given = 0;
  std::mutex mutex;  // of ranks that are threads
};

// Of this program; there are none until a test sets their number.
[[nodiscard]] FakeGpus& fake_gpus();

}  // namespace wordfire
