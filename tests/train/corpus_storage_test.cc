#include "train/corpus_storage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

constexpr int64_t kMebibyte = int64_t{1} << 20;

class CorpusStorage : public FolderTest {
 protected:
  std::shared_ptr<StorageBudget> budget(int64_t mebibytes, const std::string& scratch) {
    return std::make_shared<StorageBudget>(mebibytes * kMebibyte, scratch);
  }
};

// Fills arrays of several sizes with numbers of their own and reads them all back.
void check_content(StorageArena& arena) {
  std::vector<std::span<int64_t>> arrays;
  for (const int64_t n : {1, 3, 1000, 500'000, 7, 3'000'000, 0, 100}) {
    arrays.push_back(arena.allocate<int64_t>(n));
    ASSERT_EQ(arrays.back().size(), static_cast<size_t>(n));
    EXPECT_TRUE(std::ranges::all_of(arrays.back(), [](int64_t x) { return x == 0; }));
    const auto mark = static_cast<int64_t>(arrays.size());
    std::ranges::fill(arrays.back(), mark);
  }
  for (size_t i = 0; i < arrays.size(); ++i) {
    const auto mark = static_cast<int64_t>(i + 1);
    EXPECT_TRUE(std::ranges::all_of(arrays[i], [&](int64_t x) { return x == mark; })) << i;
  }
}

TEST_F(CorpusStorage, KeepsArraysInMemoryWithinTheBudget) {
  const auto memory = budget(100, "");
  StorageArena arena(memory);
  check_content(arena);
  EXPECT_GT(memory->memory_used(), 28 * kMebibyte);
  EXPECT_LE(memory->memory_used(), memory->memory_limit());
  EXPECT_EQ(memory->scratch_used(), 0);
}

TEST_F(CorpusStorage, KeepsTheSameArraysInAScratchFileBeyondIt) {
  const auto memory = budget(20, folder());
  StorageArena arena(memory);
  check_content(arena);
  EXPECT_EQ(memory->memory_used(), 16 * kMebibyte);
  EXPECT_GE(memory->scratch_used(), 20 * kMebibyte);
  EXPECT_TRUE(files().empty()) << "the scratch file has a name";
}

TEST_F(CorpusStorage, WithoutMemoryEverythingIsScratch) {
  const auto memory = budget(0, folder());
  StorageArena arena(memory);
  check_content(arena);
  EXPECT_EQ(memory->memory_used(), 0);
}

TEST_F(CorpusStorage, GivesBackWhatItHeld) {
  const auto memory = budget(20, folder());
  {
    StorageArena arena(memory);
    check_content(arena);
  }
  EXPECT_EQ(memory->memory_used(), 0);
  EXPECT_EQ(memory->scratch_used(), 0);
}

TEST_F(CorpusStorage, ArenasShareOneBudget) {
  const auto memory = budget(16, folder());
  StorageArena first(memory);
  StorageArena second(memory);
  static_cast<void>(first.allocate<char>(1));
  static_cast<void>(second.allocate<char>(1));
  EXPECT_EQ(memory->memory_used(), 16 * kMebibyte);
  EXPECT_EQ(memory->scratch_used(), 16 * kMebibyte);
}

TEST_F(CorpusStorage, WithoutAScratchFolderTheEndOfTheBudgetIsAnError) {
  StorageArena arena(budget(20, ""));
  static_cast<void>(arena.allocate<char>(10 * kMebibyte));
  const std::string message =
      message_of(ErrorKind::kInternal, [&] { return arena.allocate<char>(10 * kMebibyte).size(); });
  EXPECT_NE(message.find("20 MiB of -memory"), std::string::npos) << message;
  EXPECT_NE(message.find("-scratch"), std::string::npos) << message;
}

TEST_F(CorpusStorage, AScratchFolderThatIsNotThereIsAnError) {
  StorageArena arena(budget(0, path("nowhere")));
  const std::string message =
      message_of(SystemFault::kCannotCreate, [&] { return arena.allocate<char>(1).size(); });
  EXPECT_NE(message.find(path("nowhere") + ": cannot create a scratch file"), std::string::npos)
      << message;
}

TEST_F(CorpusStorage, ThreadsMayAllocateAtOnce) {
  StorageArena arena(budget(40, folder()));
  std::vector<std::vector<std::span<int32_t>>> arrays(4);
  parallel_workers(4, [&](int worker) {
    for (int i = 0; i < 500; ++i) {
      auto& array = arrays[static_cast<size_t>(worker)].emplace_back(arena.allocate<int32_t>(4000));
      std::ranges::fill(array, worker);
    }
  });
  for (int worker = 0; worker < 4; ++worker) {
    for (const auto& array : arrays[static_cast<size_t>(worker)]) {
      EXPECT_TRUE(std::ranges::all_of(array, [&](int32_t x) { return x == worker; }));
      EXPECT_EQ(reinterpret_cast<uintptr_t>(array.data()) % 64, 0u);
    }
  }
}

}  // namespace
}  // namespace wordfire
