// Models are replaced while requests go on: only by good ones, and without a request that fails.
#include <xxhash.h>

#include <atomic>
#include <cstdlib>
#include <limits>
#include <thread>

#include "serve/model_store.h"
#include "tests/serve/small_model_files.h"

namespace wordfire::serve {
namespace {

class ModelReloadTest : public ModelFilesTest {
 protected:
  ModelReloadTest() {
    put_model("m.bin", 0);
    EXPECT_EQ(store_.load("m", path("m.bin")), LoadResult::kLoaded);
  }
  std::string refusal() {
    return message_of(ErrorKind::kModel, [&] { return store_.reload("m"); });
  }
  [[nodiscard]] int label() const { return label_of(*store_.find("m")); }

  ModelStore store_;
};

TEST_F(ModelReloadTest, AnotherFileIsTaken) {
  EXPECT_EQ(store_.reload("m"), ReloadResult::kUnchanged);
  put_model("m.bin", 1);
  const auto older = store_.find("m");
  EXPECT_EQ(store_.reload("m"), ReloadResult::kSwapped);
  EXPECT_EQ(label(), 1);
  EXPECT_EQ(label_of(*older), 0);
  EXPECT_EQ(store_.reload("m"), ReloadResult::kUnchanged);
  EXPECT_EQ(store_.reload("other"), ReloadResult::kUnchanged);
}

TEST_F(ModelReloadTest, TheOlderModelIsGivenBack) {
  const int64_t before = store_.memory_used();
  put_model("m.bin", 1);
  EXPECT_EQ(store_.reload("m"), ReloadResult::kSwapped);
  EXPECT_EQ(store_.memory_used(), before);
}

TEST_F(ModelReloadTest, DamagedFilesAreRefusedAndTheOlderModelStays) {
  const std::string good = classifier_bytes(1);
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::string> damaged = {"",
                                            good.substr(0, 100),
                                            good.substr(0, good.size() - 1),
                                            good + "x",
                                            ModelBytes::dense().with("input values", kNan),
                                            ModelBytes::dense().with("magic", 5)};
  for (const std::string& bytes : damaged) {
    put("m.bin", bytes);
    EXPECT_EQ(refusal().find(path("m.bin") + ": "), 0u);
    EXPECT_EQ(label(), 0);
  }
  put("m.bin", good);
  EXPECT_EQ(store_.reload("m"), ReloadResult::kSwapped);
  EXPECT_EQ(label(), 1);
}

TEST_F(ModelReloadTest, BytesThatDifferFromTheManifestAreRefused) {
  const std::string good = classifier_bytes(1);
  put_manifest("m.bin", static_cast<int64_t>(good.size()), XXH3_64bits(good.data(), good.size()));
  std::string altered = good;
  altered.back() = static_cast<char>(altered.back() ^ 1);
  put("m.bin", altered);
  EXPECT_NE(refusal().find("bytes were altered"), std::string::npos);
  EXPECT_EQ(label(), 0);
  put("m.bin", good);
  EXPECT_EQ(store_.reload("m"), ReloadResult::kSwapped);
}

TEST_F(ModelReloadTest, AManifestThatComesAfterTheModelIsWaitedFor) {
  const std::string good = classifier_bytes(1);
  put_manifest("m.bin", 1, 1);
  put("m.bin", good);
  EXPECT_EQ(store_.reload_if_changed("m"), ReloadResult::kChanging);
  expect_error(ErrorKind::kModel, [&] { return store_.reload_if_changed("m"); });
  EXPECT_EQ(store_.reload_if_changed("m"), ReloadResult::kUnchanged);  // no second refusal
  put_manifest("m.bin", static_cast<int64_t>(good.size()), XXH3_64bits(good.data(), good.size()));
  EXPECT_EQ(store_.reload_if_changed("m"), ReloadResult::kChanging);
  EXPECT_EQ(store_.reload_if_changed("m"), ReloadResult::kSwapped);
  EXPECT_EQ(label(), 1);
}

TEST_F(ModelReloadTest, WhatTheMachineLackedIsTriedAgain) {
  if (!kDescriptorsMayRunOut) GTEST_SKIP() << "a sanitizer wants descriptors for itself";
  put_model("m.bin", 1);
  EXPECT_EQ(store_.reload_if_changed("m"), ReloadResult::kChanging);
  {
    const NoDescriptors none;
    const auto reload = [&] { return store_.reload_if_changed("m"); };
    expect_error(SystemFault::kIo, reload);
    expect_error(SystemFault::kIo, reload);
  }
  EXPECT_EQ(store_.reload_if_changed("m"), ReloadResult::kSwapped);
  EXPECT_EQ(label(), 1);
}

TEST_F(ModelReloadTest, AFileThatGoesAwayChangesNothing) {
  std::filesystem::remove(path("m.bin"));
  EXPECT_EQ(store_.reload_if_changed("m"), ReloadResult::kUnchanged);
  EXPECT_EQ(store_.reload("m"), ReloadResult::kUnchanged);
  EXPECT_EQ(label(), 0);
}

TEST_F(ModelReloadTest, AnotherRecipeAloneIsAReasonToReload) {
  const std::string bytes = classifier_bytes(0);
  put_manifest("m.bin", static_cast<int64_t>(bytes.size()),
               XXH3_64bits(bytes.data(), bytes.size()));
  EXPECT_EQ(store_.reload("m"), ReloadResult::kSwapped);
}

TEST_F(ModelReloadTest, WithoutRoomForTwoTheOlderModelStays) {
  ModelStore small(store_.memory_used() * 3 / 2);
  ASSERT_EQ(small.load("m", path("m.bin")), LoadResult::kLoaded);
  put_model("m.bin", 1);
  const auto reload = [&] { return small.reload("m"); };
  EXPECT_NE(message_of(ErrorKind::kInternal, reload).find("no room"), std::string::npos);
  ASSERT_NE(small.find("m"), nullptr);
  EXPECT_EQ(label_of(*small.find("m")), 0);
}

TEST_F(ModelReloadTest, WhatGrowsBesideANewModelDoesNotSetItAside) {
  const int64_t budget = store_.memory_used() * 3;
  ModelStore only(budget, WhenFull::kRefuse);
  ASSERT_EQ(only.load("m", path("m.bin")), LoadResult::kLoaded);
  const auto older = only.find("m");  // of a request under way
  put_model("m.bin", 1);
  ASSERT_EQ(only.reload("m"), ReloadResult::kSwapped);
  EXPECT_EQ(only.room(budget - only.memory_used() + 1), nullptr);
  ASSERT_NE(only.find("m"), nullptr);
  EXPECT_EQ(label_of(*only.find("m")), 1);
  EXPECT_NE(only.room(budget - only.memory_used()), nullptr);
}

// Reliability: a thousand replacements under load, a third of them by damaged files.
TEST_F(ModelReloadTest, NoRequestFailsWhileModelsAreReplaced) {
  const int reloads = std::getenv("WORDFIRE_LONG") != nullptr ? 1000 : 150;
  std::atomic<bool> done = false;
  std::atomic<int64_t> answered = 0;
  std::atomic<int64_t> failed = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      while (!done) {
        const auto model = store_.find("m");
        const int given = model ? label_of(*model) : -1;
        (given == 0 || given == 1 ? answered : failed)++;
      }
    });
  }
  int label = 0;
  for (int i = 0; i < reloads; ++i) {
    if (i % 3 == 2) {
      put("m.bin", classifier_bytes(1 - label).substr(0, 200 + i % 100));
      EXPECT_NE(refusal(), "no error");
    } else {
      label = 1 - label;
      put_model("m.bin", label);
      ASSERT_EQ(store_.reload("m"), ReloadResult::kSwapped);
    }
    ASSERT_EQ(this->label(), label);
  }
  done = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(answered, reloads);
}

}  // namespace
}  // namespace wordfire::serve
