// A model's memory is given back without the locks that requests and event loops take: it may be
// hundreds of megabytes. Here that takes as long as the test wants.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <new>
#include <thread>

#include "serve/model_store.h"
#include "tests/serve/small_model_files.h"

namespace {

std::atomic<bool> held_up = false;
std::atomic<bool> freeing = false;

}  // namespace

// The bytes of models are aligned to 1 (core/huge_pages.h), and nothing else is that is aligned.
void operator delete(void* memory, std::align_val_t alignment) noexcept {
  if (alignment == std::align_val_t{1} && held_up) {
    freeing = true;
    while (held_up) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::free(memory);
}

namespace wordfire::serve {
namespace {

class ModelFreeing : public ModelFilesTest {
 protected:
  ModelFreeing() {
    EXPECT_EQ(store_.load("a", put_model("a.bin", 0)), LoadResult::kLoaded);
    EXPECT_EQ(store_.load("b", put_model("b.bin", 0)), LoadResult::kLoaded);
  }

  // Whether the store answers what an event loop asks, and what a load does, while `work` frees a
  // model.
  void expect_answers_beside(const std::function<void()>& work) {
    held_up = true;
    freeing = false;
    std::thread thread(work);
    while (!freeing) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    auto asked = std::async(std::launch::async, [&] {
      (void)store_.describe("b");
      (void)store_.find("b");
      return store_.memory_used();
    });
    EXPECT_EQ(asked.wait_for(std::chrono::seconds(5)), std::future_status::ready);
    held_up = false;
    thread.join();
    EXPECT_LT(store_.memory_used(), asked.get());
  }

  ModelStore store_{default_model_memory()};
};

TEST_F(ModelFreeing, UnloadingHoldsUpNobody) {
  expect_answers_beside([&] { store_.unload("a"); });
}

TEST_F(ModelFreeing, ReplacingHoldsUpNobody) {
  put_model("a.bin", 1);
  expect_answers_beside([&] { (void)store_.reload("a"); });
  EXPECT_EQ(label_of(*store_.find("a")), 1);
}

TEST_F(ModelFreeing, SettingAsideHoldsUpNobody) {
  expect_answers_beside(
      [&] { (void)store_.room(default_model_memory() - store_.memory_used() + 1); });
  EXPECT_EQ(store_.find("a"), nullptr);
}

TEST_F(ModelFreeing, ALoadWaitsForItBeforeOthersHaveToGo) {
  const int64_t both = store_.memory_used();
  ModelStore store(both + both / 4);
  ASSERT_EQ(store.load("a", path("a.bin")), LoadResult::kLoaded);
  ASSERT_EQ(store.load("b", path("b.bin")), LoadResult::kLoaded);
  held_up = true;
  freeing = false;
  std::thread unloading([&] { store.unload("a"); });
  while (!freeing) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  put_model("c.bin", 1);
  auto loaded = std::async(std::launch::async, [&] { return store.load("c", path("c.bin")); });
  EXPECT_EQ(loaded.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  held_up = false;
  unloading.join();
  EXPECT_EQ(loaded.get(), LoadResult::kLoaded);
  EXPECT_NE(store.find("b"), nullptr);
}

TEST_F(ModelFreeing, ARequestThatLetsGoHoldsUpNobody) {
  auto last = store_.find("a");
  std::thread unloading([&] { store_.unload("a"); });
  while (store_.find("a")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  expect_answers_beside([&] { last.reset(); });
  unloading.join();
}

}  // namespace
}  // namespace wordfire::serve
