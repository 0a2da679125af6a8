// Finding, loading, unloading and setting aside. model_reload_test.cc has the replacing.
#include "serve/model_store.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/io/compressed.h"
#include "tests/serve/small_model_files.h"
#include "tests/serve/tar_bytes.h"

namespace wordfire::serve {
namespace {

using std::chrono::milliseconds;

class ModelStoreTest : public ModelFilesTest {
 protected:
  // What one small model takes.
  int64_t model_bytes() const {
    ModelStore store;
    EXPECT_EQ(store.load("m", put_model("measured.bin", 0)), LoadResult::kLoaded);
    return std::max(store.memory_used(), ModelSource(path("measured.bin")).memory_estimate());
  }
  // Loads models a, b, ... one after another, each used later than the one before.
  void load(ModelStore& store, const std::string& names) const {
    for (const char name : names) {
      const std::string text(1, name);
      ASSERT_EQ(store.load(text, put_model(text + ".bin", 0)), LoadResult::kLoaded) << name;
      std::this_thread::sleep_for(milliseconds(3));
    }
  }
  // The names that are in memory.
  static std::string in_memory(const ModelStore& store) {
    std::string names;
    for (const ModelEntry& entry : store.list()) names += entry.in_memory ? entry.name : "";
    return names;
  }
};

TEST_F(ModelStoreTest, FindsWhatWasLoaded) {
  ModelStore store;
  EXPECT_EQ(store.find("m"), nullptr);
  EXPECT_EQ(store.load("m", put_model("m.bin", 1)), LoadResult::kLoaded);
  ASSERT_NE(store.find("m"), nullptr);
  EXPECT_EQ(label_of(*store.find("m")), 1);
  EXPECT_EQ(store.find("M"), nullptr);
  EXPECT_EQ(store.find_or_load("M"), nullptr);
  EXPECT_EQ(store.load("m", path("m.bin")), LoadResult::kAlreadyThere);
  ASSERT_TRUE(store.describe("m"));
  EXPECT_EQ(store.describe("m")->path, path("m.bin"));
}

TEST_F(ModelStoreTest, FoldersAndArchivesAreLoaded) {
  ModelStore store;
  put_model("model.bin", 1);
  write("m.tar.gz",
        gzip(TarBytes().add({.name = "model.bin", .content = classifier_bytes(0)}).finished()));
  EXPECT_EQ(store.load("folder", folder()), LoadResult::kLoaded);
  EXPECT_EQ(store.load("archive", path("m.tar.gz")), LoadResult::kLoaded);
  EXPECT_EQ(label_of(*store.find("folder")), 1);
  EXPECT_EQ(label_of(*store.find("archive")), 0);
}

TEST_F(ModelStoreTest, WhatCannotBeLoadedLeavesNoName) {
  ModelStore store;
  write("bad.bin", "no model");
  const auto load = [&](const char* name) { return store.load("m", path(name)); };
  EXPECT_NE(message_of(ErrorKind::kModel, [&] { return load("bad.bin"); }).find("magic"),
            std::string::npos);
  expect_error(SystemFault::kNoInput, [&] { return load("none.bin"); });
  EXPECT_TRUE(store.list().empty());
  EXPECT_EQ(store.memory_used(), 0);
  put_model("good.bin", 0);
  EXPECT_EQ(load("good.bin"), LoadResult::kLoaded);
}

TEST_F(ModelStoreTest, AnOlderManifestIsAWarning) {
  ModelStore store;
  put_manifest("m.bin", 5, 5);
  EXPECT_EQ(store.load("m", put_model("m.bin", 1)), LoadResult::kLoaded);
  EXPECT_EQ(store.find("m")->warnings().size(), 1u);
}

TEST_F(ModelStoreTest, UnloadingGivesTheMemoryBack) {
  ModelStore store;
  load(store, "ab");
  EXPECT_TRUE(store.unload("a"));
  EXPECT_FALSE(store.unload("a"));
  EXPECT_EQ(store.find("a"), nullptr);
  EXPECT_GT(store.memory_used(), 0);
  EXPECT_TRUE(store.unload("b"));
  EXPECT_EQ(store.memory_used(), 0);
}

TEST_F(ModelStoreTest, UnloadingWaitsForRequestsUnderWay) {
  ModelStore store;
  load(store, "a");
  auto model = store.find("a");
  std::atomic<bool> let_go = false;
  std::thread request([&] {
    std::this_thread::sleep_for(milliseconds(50));
    let_go = true;
    model.reset();
  });
  EXPECT_TRUE(store.unload("a"));
  EXPECT_TRUE(let_go);
  EXPECT_EQ(store.memory_used(), 0);
  request.join();
}

TEST_F(ModelStoreTest, ModelsOutliveTheirStore) {
  std::shared_ptr<const ServedModel> model;
  {
    ModelStore store;
    ASSERT_EQ(store.load("m", put_model("m.bin", 1)), LoadResult::kLoaded);
    model = store.find("m");
  }
  EXPECT_EQ(label_of(*model), 1);
}

TEST_F(ModelStoreTest, TheOneUsedLongestAgoMakesRoom) {
  ModelStore store(model_bytes() * 5 / 2);
  load(store, "ab");
  ASSERT_NE(store.find("a"), nullptr);
  std::this_thread::sleep_for(milliseconds(3));
  load(store, "c");
  EXPECT_EQ(in_memory(store), "ac");
  EXPECT_EQ(store.list().size(), 3u);
}

TEST_F(ModelStoreTest, WhatWasSetAsideIsLoadedByTheNextRequest) {
  ModelStore store(model_bytes() * 5 / 2);
  load(store, "abc");
  EXPECT_EQ(store.find("a"), nullptr);
  ASSERT_NE(store.find_or_load("a"), nullptr);
  EXPECT_EQ(in_memory(store), "ac");
  EXPECT_EQ(store.load("b", path("b.bin")), LoadResult::kAlreadyThere);
  EXPECT_TRUE(store.unload("b"));
  EXPECT_EQ(store.find_or_load("b"), nullptr);
}

TEST_F(ModelStoreTest, OnlyWhatIsCertainlyGoneIsForgotten) {
  if (!kDescriptorsMayRunOut) GTEST_SKIP() << "a sanitizer wants descriptors for itself";
  ModelStore store(model_bytes() * 3 / 2);
  std::filesystem::create_directory(folder() / "models");
  put_model("models/one.bin", 0);
  ASSERT_EQ(store.load("a", path("models")), LoadResult::kLoaded);
  load(store, "b");
  const auto ask = [&] { return store.find_or_load("a") != nullptr; };
  {
    const NoDescriptors none;
    expect_error(SystemFault::kIo, ask);
  }
  put_model("models/two.bin", 0);
  expect_error(SystemFault::kNoInput, ask);  // which of them?
  EXPECT_TRUE(store.describe("a"));
  std::filesystem::remove(path("models/two.bin"));
  EXPECT_TRUE(ask());
  load(store, "c");
  std::filesystem::remove(path("models/one.bin"));
  expect_error(SystemFault::kNoInput, ask);
  EXPECT_FALSE(store.describe("a"));
}

TEST_F(ModelStoreTest, WhatComesBackMustLieBelowItsRootAsWell) {
  ModelStore store(model_bytes() * 3 / 2);
  std::filesystem::create_directory(folder() / "models");
  put_model("models/a.bin", 0);
  ASSERT_EQ(store.load("a", path("models/a.bin"), path("models")), LoadResult::kLoaded);
  load(store, "b");
  std::filesystem::remove(path("models/a.bin"));
  std::filesystem::create_symlink(path("b.bin"), path("models/a.bin"));
  expect_error(ErrorKind::kUsage, [&] { return store.find_or_load("a") != nullptr; });
}

TEST_F(ModelStoreTest, ModelsInUseAreNotSetAside) {
  ModelStore store(model_bytes() * 5 / 2);
  load(store, "ab");
  auto a = store.find("a");
  auto b = store.find("b");
  EXPECT_EQ(store.load("c", put_model("c.bin", 0)), LoadResult::kNoRoom);
  EXPECT_EQ(in_memory(store), "ab");
  EXPECT_FALSE(store.describe("c"));
  b.reset();
  EXPECT_EQ(store.load("c", path("c.bin")), LoadResult::kLoaded);
  EXPECT_EQ(in_memory(store), "ac");
}

TEST_F(ModelStoreTest, WhatGrowsSetsOthersAside) {
  const int64_t budget = model_bytes() * 5 / 2;
  ModelStore store(budget);
  load(store, "ab");
  const auto b = store.find("b");
  auto room = store.room(budget - store.memory_used() + 1);
  EXPECT_NE(room, nullptr);
  EXPECT_EQ(in_memory(store), "b");
  EXPECT_EQ(store.room(budget), nullptr);
  room.reset();
  EXPECT_EQ(store.memory_used(), b->memory_bytes());
}

TEST_F(ModelStoreTest, AModelThatCanNeverFitSetsNothingAside) {
  ModelStore store(model_bytes() * 3 / 2);
  load(store, "a");
  std::string large = classifier_bytes(0) + std::string(100'000, 'x');
  EXPECT_EQ(store.load("b", put("large.bin", large)), LoadResult::kNoRoom);
  EXPECT_EQ(in_memory(store), "a");
}

TEST_F(ModelStoreTest, ConcurrentLoadsOfANameAreOneLoad) {
  ModelStore store;
  put_model("m.bin", 0);
  std::atomic<int> loaded = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (store.load("m", path("m.bin")) == LoadResult::kLoaded) ++loaded;
      if (!store.find("m")) loaded += 100;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loaded, 1);
}

TEST_F(ModelStoreTest, RequestsLoadsAndUnloadsRunTogetherWithinTheBudget) {
  ModelStore store(model_bytes() * 9 / 2);
  constexpr int kNames = 6;
  for (int i = 0; i < kNames; ++i) put_model(std::to_string(i) + ".bin", i % 2);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 60; ++i) {
        const int model = (i * 7 + t) % kNames;
        const std::string name = std::to_string(model);
        (void)store.load(name, path(name + ".bin"));
        auto found = store.find(name);
        if (found && label_of(*found) != model % 2) ++wrong;
        found.reset();
        if (i % 5 == t) store.unload(name);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(store.memory_used(), model_bytes() * 9 / 2);
}

}  // namespace
}  // namespace wordfire::serve
