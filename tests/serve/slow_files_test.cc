// Files may be slow, on a network for instance: looking at them holds up nobody who asks what is in
// memory. Here that takes as long as the test wants.
#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <string_view>
#include <thread>

#include "serve/model_store.h"
#include "tests/serve/small_model_files.h"

namespace {

std::atomic<bool> held_up = false;
std::atomic<bool> looking = false;

}  // namespace

extern "C" int stat(const char* path, struct stat* status) noexcept {
  if (held_up && std::string_view(path).ends_with("slow.bin")) {
    looking = true;
    while (held_up) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return ::fstatat(AT_FDCWD, path, status, 0);
}

namespace wordfire::serve {
namespace {

class SlowFiles : public ModelFilesTest {
 protected:
  SlowFiles() {
    EXPECT_EQ(store_.load("m", put_model("slow.bin", 0)), LoadResult::kLoaded);
    put_model("slow.bin", 1);
  }

  void expect_answers_beside(const std::function<void()>& work) {
    held_up = true;
    looking = false;
    std::thread thread(work);
    while (!looking) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    auto asked = std::async(std::launch::async, [&] { return store_.count_in_memory(); });
    EXPECT_EQ(asked.wait_for(std::chrono::seconds(5)), std::future_status::ready);
    held_up = false;
    thread.join();
    EXPECT_EQ(asked.get(), 1);
  }

  ModelStore store_{default_model_memory()};
};

TEST_F(SlowFiles, ReplacingHoldsUpNobody) {
  expect_answers_beside([&] { EXPECT_EQ(store_.reload("m"), ReloadResult::kSwapped); });
  EXPECT_EQ(label_of(*store_.find("m")), 1);
}

TEST_F(SlowFiles, LookingForChangesHoldsUpNobody) {
  const auto look = [&] { return store_.reload_if_changed("m"); };
  expect_answers_beside([&] { EXPECT_EQ(look(), ReloadResult::kChanging); });
  expect_answers_beside([&] { EXPECT_EQ(look(), ReloadResult::kSwapped); });
}

TEST_F(SlowFiles, ANameThatIsAnotherModelsMeanwhileIsLeftAlone) {
  put_model("other.bin", 0);
  held_up = true;
  looking = false;
  auto result = std::async(std::launch::async, [&] { return store_.reload_if_changed("m"); });
  while (!looking) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(store_.unload("m"));
  EXPECT_EQ(store_.load("m", path("other.bin")), LoadResult::kLoaded);
  held_up = false;
  EXPECT_EQ(result.get(), ReloadResult::kUnchanged);
  EXPECT_EQ(label_of(*store_.find("m")), 0);
}

}  // namespace
}  // namespace wordfire::serve
