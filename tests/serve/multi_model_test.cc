#include "serve/multi_model.h"

#include <sys/inotify.h>

#include <nlohmann/json.hpp>

#include "io/file_descriptor.h"
#include "tests/serve/small_model_files.h"
#include "tests/serve/tar_bytes.h"

namespace wordfire::serve {
namespace {

using Json = nlohmann::json;

class MultiModelTest : public ModelFilesTest {
 protected:
  MultiModelTest() {
    std::filesystem::create_directory(folder() / "outside");
    for (const char* name : {"a", "b", "c"}) {
      std::filesystem::create_directories(folder() / "models" / name / "model");
      put_model(std::string("models/") + name + "/model/model.bin", 0);
    }
  }
  [[nodiscard]] std::string root() const { return path("models"); }
  [[nodiscard]] std::string url(const std::string& name) const {
    return root() + "/" + name + "/model";
  }
  Answer load(const std::string& name, const std::string& at) {
    return answer_load(store_, root(), Json({{"model_name", name}, {"url", at}}).dump());
  }
  // The status of an answer, which must be JSON; a refusal says its status again.
  static int status_of(const Answer& answer) {
    EXPECT_EQ(answer.content_type, "application/json");
    const Json json = Json::parse(answer.body);
    if (answer.status == 200) return 200;
    EXPECT_EQ(json.at("code"), answer.status);
    EXPECT_FALSE(json.at("message").get<std::string>().empty());
    return answer.status;
  }

  ModelStore store_;
};

TEST_F(MultiModelTest, ModelsAreLoadedDescribedAndUnloaded) {
  EXPECT_EQ(status_of(load("a", url("a"))), 200);
  EXPECT_NE(store_.find("a"), nullptr);
  const Answer described = answer_describe(store_, "a");
  EXPECT_EQ(Json::parse(described.body), Json({{"modelName", "a"}, {"modelUrl", url("a")}}));
  EXPECT_EQ(status_of(answer_unload(store_, "a")), 200);
  EXPECT_EQ(status_of(answer_unload(store_, "a")), 404);
  EXPECT_EQ(status_of(answer_describe(store_, "a")), 404);
  EXPECT_EQ(store_.memory_used(), 0);
}

TEST_F(MultiModelTest, ANameIsLoadedOnce) {
  EXPECT_EQ(status_of(load("a", url("a"))), 200);
  EXPECT_EQ(status_of(load("a", url("a"))), 409);
  EXPECT_EQ(status_of(load("a", url("none"))), 409);
}

TEST_F(MultiModelTest, WithoutRoomTheAnswerIs507) {
  ModelStore tiny(100);
  const std::string body = Json({{"model_name", "a"}, {"url", url("a")}}).dump();
  EXPECT_EQ(status_of(answer_load(tiny, root(), body)), 507);
}

TEST_F(MultiModelTest, UrlsLeadToAModelBelowTheRoot) {
  write("models/b/model/model.bin", "no model");
  EXPECT_EQ(status_of(load("b", url("b"))), 400);
  EXPECT_EQ(status_of(load("x", url("none"))), 404);
  EXPECT_EQ(status_of(load("x", root())), 404);
  put_model("outside.bin", 0);
  for (const std::string& bad : {path("outside.bin"), root() + "/../outside.bin",
                                 std::string("/etc/passwd"), std::string("a\0b", 3)}) {
    EXPECT_EQ(status_of(load("x", bad)), 400) << bad;
  }
  EXPECT_TRUE(store_.list().empty());
}

TEST_F(MultiModelTest, NothingIsLookedAtElsewhere) {
  put_model("outside/model.bin", 0);
  const FileDescriptor watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  ASSERT_GE(::inotify_add_watch(watch.get(), path("outside").c_str(), IN_OPEN | IN_ACCESS), 0);
  EXPECT_EQ(status_of(load("x", path("outside"))), 400);
  char events[4096];
  EXPECT_EQ(::read(watch.get(), events, sizeof(events)), -1) << "the folder was opened";
  // Nor whether something is there.
  EXPECT_EQ(status_of(load("x", path("none"))), 400);
  EXPECT_EQ(status_of(load("x", path("models/../none"))), 400);
}

TEST_F(MultiModelTest, WhatCannotBeReadForTheMomentIsToldSo) {
  if (!kDescriptorsMayRunOut) GTEST_SKIP() << "a sanitizer wants descriptors for itself";
  ASSERT_EQ(status_of(load("a", url("a"))), 200);
  const auto invoke = [&] {
    return answer_invoke(store_, "a", [](const ServedModel&) { return Answer(); });
  };
  EXPECT_NE(store_.room(default_model_memory() - store_.memory_used() + 1), nullptr);  // set aside
  {
    const NoDescriptors none;
    EXPECT_EQ(status_of(load("b", url("b"))), 503);
    EXPECT_EQ(status_of(invoke()), 503);
  }
  EXPECT_EQ(invoke().status, 200);
  EXPECT_EQ(status_of(load("b", url("b"))), 200);
}

TEST_F(MultiModelTest, NoLinkLeadsToAModelElsewhere) {
  put_model("outside/model.bin", 0);
  write("outside.tar", TarBytes().add({.name = "model.bin", .content = "x"}).finished());
  std::filesystem::create_directories(folder() / "models/link");
  std::filesystem::create_symlink(path("outside/model.bin"), path("models/link/model.bin"));
  std::filesystem::create_symlink(path("outside.tar"), path("models/link/model.tar"));
  std::filesystem::create_directory_symlink(path("outside"), path("models/folder"));
  for (const char* name : {"/link", "/link/model.bin", "/link/model.tar", "/folder"}) {
    const Answer answer = load("x", root() + name);
    EXPECT_EQ(status_of(answer), 400) << name;
    EXPECT_NE(answer.body.find("is not below"), std::string::npos) << answer.body;
  }
  EXPECT_TRUE(store_.list().empty());
}

TEST_F(MultiModelTest, AManifestElsewhereIsNotRead) {
  put_manifest("outside.bin", 5, 5);
  std::filesystem::create_symlink(path("outside.manifest.json"),
                                  path("models/a/model/model.manifest.json"));
  EXPECT_EQ(status_of(load("a", url("a"))), 200);
  const std::vector<std::string>& warnings = store_.find("a")->warnings();
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("is not below"), std::string::npos) << warnings[0];
}

TEST_F(MultiModelTest, LinksBelowTheRootAndTheRootItselfAreFollowed) {
  std::filesystem::create_directory_symlink(root(), path("linked"));
  std::filesystem::create_directory_symlink("b/model", path("models/to-b"));
  EXPECT_EQ(status_of(load("b", root() + "/to-b")), 200);
  EXPECT_EQ(store_.describe("b")->path, root() + "/to-b");
  for (const char* at : {"models/a/model", "linked/a/model"}) {
    const std::string body = Json({{"model_name", "a"}, {"url", path(at)}}).dump();
    EXPECT_EQ(status_of(answer_load(store_, path("linked"), body)), 200) << at;
    EXPECT_TRUE(store_.unload("a"));
  }
}

TEST_F(MultiModelTest, BodiesThatAreNotTheRequestAreRefused) {
  const std::string good = R"("model_name": "a", "url": ")" + url("a") + '"';
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("[]"), std::string("3"), "{" + good,
        "{" + good + R"(, "url": "x"})", std::string(R"({"model_name": "a"})"),
        std::string(R"({"model_name": 3, "url": "x"})"), std::string(100'000, '['),
        R"({"model_name": "../a", "url": ")" + url("a") + "\"}"}) {
    EXPECT_EQ(status_of(answer_load(store_, root(), body)), 400) << body.substr(0, 100);
  }
}

TEST_F(MultiModelTest, KeysOfOthersDoNotMatter) {
  for (const char* other : {"true", R"({"deep": [{"url": 1}]})", "[[[]]]"}) {
    Json body = {{"model_name", "a"}, {"url", url("a")}, {"other", Json::parse(other)}};
    EXPECT_EQ(status_of(answer_load(store_, root(), body.dump())), 200) << other;
    EXPECT_TRUE(store_.unload("a"));
  }
}

TEST_F(MultiModelTest, RefusalsSayWhatWasFound) {
  const auto says = [](const Answer& answer, std::string_view part) {
    return Json::parse(answer.body)["message"].get<std::string>().find(part) == 0;
  };
  EXPECT_TRUE(says(load("../a", url("a")), R"(model_name is "../a", want 1 to 128)"));
  EXPECT_TRUE(says(answer_load(store_, root(), R"({"model_name": 3})"), "model_name is 3, want {"));
  EXPECT_TRUE(says(answer_load(store_, root(), "[]"), "found a list, want {"));
  EXPECT_TRUE(says(answer_list(store_, "limit=101"), R"(limit is "101", want 1 to 100)"));
}

TEST_F(MultiModelTest, NamesInPathsAreDecodedAndChecked) {
  EXPECT_EQ(decode_model_name("a%2Eb"), "a.b");
  EXPECT_EQ(decode_model_name("m-1_2.3"), "m-1_2.3");
  for (const char* part : {"", "..", "%2e%2e", "a%2Fb", "%00", "%", "%4", "%zz", "a b", "%+1"}) {
    EXPECT_EQ(decode_model_name(part), std::nullopt) << part;
    EXPECT_EQ(status_of(answer_describe(store_, part)), 404) << part;
    EXPECT_EQ(status_of(answer_unload(store_, part)), 404) << part;
  }
}

TEST_F(MultiModelTest, TheListComesInPages) {
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(status_of(load(name, url(name))), 200);
  Json page = Json::parse(answer_list(store_, "limit=2").body);
  EXPECT_EQ(page["models"].size(), 2u);
  EXPECT_EQ(page["models"][1], Json({{"modelName", "b"}, {"modelUrl", url("b")}}));
  const std::string token = page["nextPageToken"];
  page = Json::parse(answer_list(store_, "limit=2&next_page_token=" + token).body);
  EXPECT_EQ(page["models"].size(), 1u);
  EXPECT_FALSE(page.contains("nextPageToken"));
  EXPECT_EQ(Json::parse(answer_list(store_, "next_page_token=").body)["models"].size(), 3u);
  EXPECT_EQ(Json::parse(answer_list(store_, "next_page_token=99").body)["models"].size(), 0u);
}

TEST_F(MultiModelTest, PagesThatCannotBeAreRefused) {
  for (const char* query : {"limit=0", "limit=101", "limit=x", "limit=1x", "next_page_token=-1",
                            "next_page_token=99999999999999999999", "limit=%31"}) {
    EXPECT_EQ(status_of(answer_list(store_, query)), 400) << query;
  }
  EXPECT_EQ(answer_list(store_, "").body, R"({"models":[]})");
  EXPECT_EQ(status_of(answer_list(store_, "other=1&&limit")), 200);
}

}  // namespace
}  // namespace wordfire::serve
