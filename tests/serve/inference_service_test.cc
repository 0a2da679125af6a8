#include "serve/inference_service.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "tests/serve/small_model_files.h"

namespace wordfire::serve {
namespace {

using Json = nlohmann::json;

class InferenceServiceTest : public ModelFilesTest {
 protected:
  InferenceServiceTest() : one_(with_workers(2), store_), many_(many(), models_) {
    std::filesystem::create_directories(folder() / "models/a");
    put_model("models/a/model.bin", 1);
    put_model("m.bin", 0);
  }

  static InferenceSettings with_workers(int workers) {
    InferenceSettings settings;
    settings.workers = workers;
    return settings;
  }
  [[nodiscard]] InferenceSettings many() const {
    InferenceSettings settings;
    settings.models_root = path("models");
    settings.log = [this](std::string_view line) { log_.emplace_back(line); };
    return settings;
  }
  static Answer ask(InferenceService& service, std::string_view method, std::string_view path,
                    std::string_view body = {}, std::string_view query = {}) {
    return service.answer({method, path, query, {"application/json", "", body}}, 0);
  }
  static std::string label_in(const Answer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body)[0]["label"][0];
  }
  Answer load(std::string_view name) {
    const std::string url = path("models/a");
    return ask(many_, "POST", "/models", Json({{"model_name", name}, {"url", url}}).dump());
  }

  // The lines that the log got; then it is empty.
  std::vector<std::string> take_log() { return std::exchange(log_, {}); }

  static constexpr std::string_view kRequest = R"({"instances": ["the x"]})";
  mutable std::vector<std::string> log_;
  ModelStore store_;
  ModelStore models_;
  InferenceService one_;
  InferenceService many_;
};

TEST_F(InferenceServiceTest, OneModelIsAskedOnceItIsThere) {
  EXPECT_FALSE(one_.ready());
  EXPECT_EQ(ask(one_, "POST", "/invocations", kRequest).status, 503);
  ASSERT_EQ(store_.load(std::string(kOnlyModel), path("m.bin")), LoadResult::kLoaded);
  one_.set_ready();
  EXPECT_TRUE(one_.ready());
  EXPECT_EQ(label_in(ask(one_, "POST", "/invocations", kRequest)), "__label__a");
  EXPECT_NE(ask(one_, "GET", "/").body.find("<html"), std::string::npos);
}

TEST_F(InferenceServiceTest, ManyModelsAreLoadedAskedAndUnloaded) {
  EXPECT_TRUE(many_.ready());
  EXPECT_EQ(ask(many_, "POST", "/models/x/invoke", kRequest).status, 404);
  EXPECT_EQ(load("x").status, 200);
  EXPECT_EQ(load("x").status, 409);
  EXPECT_EQ(label_in(ask(many_, "POST", "/models/x/invoke", kRequest)), "__label__b");
  EXPECT_EQ(Json::parse(ask(many_, "GET", "/models", "", "limit=1").body)["models"].size(), 1u);
  EXPECT_EQ(Json::parse(ask(many_, "GET", "/models/x").body)["modelName"], "x");
  EXPECT_EQ(ask(many_, "DELETE", "/models/x").status, 200);
  EXPECT_EQ(ask(many_, "GET", "/models/x").status, 404);
}

TEST_F(InferenceServiceTest, WhatComesGoesAndIsRefusedIsLogged) {
  const std::string url = path("models/a");
  Manifest other;
  other.files = {{"model.bin", 5, 5}};
  write_manifest(path("models/a/model.manifest.json"), other);
  EXPECT_EQ(load("x").status, 200);
  std::vector<std::string> lines = take_log();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].find("warning: model x: " + url + "/model.manifest.json"), 0u) << lines[0];
  EXPECT_EQ(lines[1], "model x: a text classifier, loaded from " + url);
  EXPECT_EQ(ask(many_, "DELETE", "/models/x").status, 200);
  EXPECT_EQ(take_log(), std::vector<std::string>{"model x: unloaded"});
  EXPECT_EQ(ask(many_, "POST", "/models", "{").status, 400);
  lines = take_log();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].find("warning: no model loaded: "), 0u) << lines[0];
}

// A store with room for one model and a half, where "x" was set aside for "y".
class SetAsideTest : public InferenceServiceTest {
 protected:
  void SetUp() override {
    InferenceServiceTest::SetUp();
    ASSERT_EQ(load("x").status, 200);
    small_.emplace(models_.memory_used() * 3 / 2);
    service_.emplace(many(), *small_);
    ASSERT_EQ(small_->load("x", path("models/a")), LoadResult::kLoaded);
    ASSERT_EQ(small_->load("y", path("m.bin")), LoadResult::kLoaded);
  }

  // A refusal as the platform wants it, which tells no path.
  void expect_refusal(const Answer& answer, int status) const {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(answer.body.find(folder().string()), std::string::npos) << answer.body;
    EXPECT_EQ(Json::parse(answer.body).at("code"), status);
  }

  std::optional<ModelStore> small_;
  std::optional<InferenceService> service_;
};

TEST_F(SetAsideTest, AModelComesBack) {
  EXPECT_EQ(small_->find("x"), nullptr);
  (void)take_log();
  EXPECT_EQ(label_in(ask(*service_, "POST", "/models/x/invoke", kRequest)), "__label__b");
  EXPECT_EQ(take_log(), std::vector<std::string>{"model x: a text classifier, loaded again"});
}

TEST_F(InferenceServiceTest, WhatLoadsOrUnloadsTakesLong) {
  ASSERT_EQ(load("x").status, 200);
  const auto takes_long = [&](std::string_view method, std::string_view path) {
    return many_.takes_long({method, path, {}, {}});
  };
  EXPECT_TRUE(takes_long("POST", "/models"));
  EXPECT_TRUE(takes_long("DELETE", "/models/x"));
  EXPECT_FALSE(takes_long("GET", "/models"));
  EXPECT_FALSE(takes_long("GET", "/models/x"));
  EXPECT_FALSE(takes_long("POST", "/models/x/invoke"));
  EXPECT_FALSE(takes_long("POST", "/models/none/invoke"));
  EXPECT_FALSE(takes_long("GET", "/execution-parameters"));
  EXPECT_FALSE(one_.takes_long({"POST", "/invocations", {}, {}}));
}

TEST_F(SetAsideTest, AskingAModelTakesLong) {
  EXPECT_TRUE(service_->takes_long({"POST", "/models/x/invoke", {}, {}}));
  EXPECT_FALSE(service_->takes_long({"POST", "/models/y/invoke", {}, {}}));
}

TEST_F(SetAsideTest, AModelThatCannotComeBackIsAnErrorOfTheServer) {
  put("models/a/model.bin", "no model");
  expect_refusal(ask(*service_, "POST", "/models/x/invoke", kRequest), 500);
  EXPECT_EQ(ask(*service_, "GET", "/models/x").status, 200);
}

TEST_F(SetAsideTest, AModelWhoseFilesAreGoneIsUnloaded) {
  std::filesystem::rename(path("models/a"), path("models/moved"));
  (void)take_log();
  expect_refusal(ask(*service_, "POST", "/models/x/invoke", kRequest), 404);
  const std::vector<std::string> lines = take_log();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].find("warning: model x: " + path("models/a")), 0u) << lines[0];
  expect_refusal(ask(*service_, "GET", "/models/x"), 404);
  std::filesystem::rename(path("models/moved"), path("models/a"));
  const Json body = {{"model_name", "x"}, {"url", path("models/a")}};
  EXPECT_EQ(ask(*service_, "POST", "/models", body.dump()).status, 200);
}

TEST_F(SetAsideTest, AModelWithoutRoomToComeBackIs507) {
  const auto y = small_->find("y");  // in use, so that it stays
  expect_refusal(ask(*service_, "POST", "/models/x/invoke", kRequest), 507);
}

TEST_F(InferenceServiceTest, TablesOfNeighboursCountAsModelsDo) {
  ASSERT_EQ(load("x").status, 200);
  const int64_t budget = models_.memory_used() * 4;
  ModelStore tight(budget);
  InferenceService service(many(), tight);
  for (const char* name : {"x", "y"}) {
    ASSERT_EQ(tight.load(name, path("models/a")), LoadResult::kLoaded);
  }
  const std::string_view near =
      R"({"instances": ["the"], "configuration": {"action": "neighbours"}})";
  const auto rest = tight.room(budget - tight.memory_used());
  const auto y = tight.find("y");
  EXPECT_EQ(ask(service, "POST", "/models/x/invoke", near).status, 507);
  EXPECT_EQ(tight.count_in_memory(), 2);
  EXPECT_EQ(ask(service, "POST", "/models/y/invoke", near).status, 200);
  EXPECT_EQ(tight.count_in_memory(), 1);
  EXPECT_LE(tight.memory_used(), budget);
}

TEST_F(InferenceServiceTest, PathsAndMethodsAreToldApart) {
  EXPECT_EQ(one_.route("/invocations").methods, "POST");
  EXPECT_EQ(one_.route("/").methods, "GET, HEAD");
  for (const char* path : {"/models", "/models/x", "/invocations/", "", "/x"}) {
    EXPECT_EQ(one_.route(path).methods, "") << path;
  }
  EXPECT_EQ(many_.route("/models").methods, "GET, POST");
  EXPECT_EQ(many_.route("/models/x").methods, "DELETE, GET");
  EXPECT_EQ(many_.route("/models/invoke").methods, "DELETE, GET");
  EXPECT_EQ(many_.route("/models/x/invoke").methods, "POST");
  for (const char* path : {"/invocations", "/", "/models/", "/models//invoke", "/models/x/y",
                           "/models/x/y/invoke", "/modelsx", "/models/x/invoke/"}) {
    EXPECT_EQ(many_.route(path).methods, "") << path;
  }
}

TEST_F(InferenceServiceTest, ExecutionParametersAreWithinThePlatformsLimits) {
  for (const int workers : {1, 2, 16, 64, 500}) {
    InferenceService service(with_workers(workers), store_);
    const Json json = Json::parse(ask(service, "GET", "/execution-parameters").body);
    ASSERT_EQ(json.size(), 2u);
    EXPECT_GE(json["MaxPayloadInMB"], 1);
    EXPECT_LE(json["MaxConcurrentTransforms"].get<int>() * json["MaxPayloadInMB"].get<int>(), 100);
  }
}

}  // namespace
}  // namespace wordfire::serve
