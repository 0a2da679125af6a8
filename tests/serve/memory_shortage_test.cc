// Whatever the server does, it may find no memory for it: then it throws bad_alloc, or says so, and
// has done all or nothing. Each work is done with 0, 1, 2 allocations and so on, until it needs
// none further.
#include <functional>
#include <string>

#include "serve/model_folder.h"
#include "serve/model_source.h"
#include "serve/multi_model.h"
#include "serve/own_answers.h"
#include "tests/serve/failing_memory.h"
#include "tests/serve/running_server.h"
#include "tests/serve/small_model_files.h"
#include "tests/serve/small_models.h"
#include "tests/serve/tar_bytes.h"

namespace wordfire::serve {
namespace {

class MemoryShortage : public ModelFilesTest {
 protected:
  MemoryShortage() {
    std::filesystem::create_directory(path("models"));
    put_model("models/model.bin", 0);
    put("models/other.txt", "x");
  }

  // attempt(allocations): tries the work, and checks what it has left.
  static void with_ever_more(const std::function<void(long)>& attempt) {
    long allocations = 0;
    do {
      attempt(allocations++);
    } while (memory_was_out && !testing::Test::HasFailure());
    EXPECT_GT(allocations, 2);
  }
  // The same for work that leaves nothing: it throws bad_alloc, or had all that it wanted.
  static void survives(const std::function<void()>& work) {
    with_ever_more([&](long allocations) {
      const bool is_done = done_with(allocations, work);
      EXPECT_EQ(is_done, !memory_was_out) << allocations;
    });
  }
  // The same for work that throws nothing, and returns the status of its answer: 507, or `wanted`.
  static void answers(int wanted, const std::function<int()>& work) {
    with_ever_more([&](long allocations) {
      int status = 0;
      EXPECT_TRUE(done_with(allocations, [&] { status = work(); }));
      EXPECT_EQ(status, memory_was_out ? 507 : wanted) << allocations;
    });
  }

  const std::string models_ = path("models");
  const AnswerScratch scratch_;  // a server has some from the start (json_reader_test.cc)
};

TEST_F(MemoryShortage, FoldersAreLookedAt) {
  survives([&] { (void)stamp_of(models_); });
  survives([&] { (void)resolve_below(folder(), models_); });
  const OpenFile open = opening_below(models_);
  survives([&] { (void)open(path("models/model.bin")); });
  survives([&] { (void)ModelSource(models_, folder()).memory_estimate(); });
}

TEST_F(MemoryShortage, ArchivesAreUnpacked) {
  const std::string content = classifier_bytes(0);
  const std::string archive =
      write("model.tar", TarBytes().add({.name = "a/b/model.bin", .content = content}).finished());
  survives([&] {
    try {
      const ModelSource source(archive);
    } catch (const Error&) {  // the folder has no model
    }
  });
  write("model.tar", TarBytes().add({.name = "model.bin", .content = content}).finished());
  survives([&] { (void)ModelSource(archive).memory_estimate(); });
}

TEST_F(MemoryShortage, RequestsAreAnsweredOrRefused) {
  const ServedModel model(small_classifier(), "model.bin");
  AnswerScratch scratch;
  const auto ask = [&](std::string_view body, std::string_view type = "application/json") {
    return answer(model, {type, {}, body}, {}, scratch).status;
  };
  const std::string text(2000, 'x');
  const std::string row = text + ",\"a\"\"\"\n";
  answers(200, [&] { return ask(R"({"instances": ["a knife", "flour"]})"); });
  answers(200, [&] {
    return ask("{\"source\": \"a\"}\n[{\"source\": \"b\"}]", "application/jsonlines");
  });
  answers(200, [&] { return ask(text, "text/plain"); });
  answers(200, [&] { return ask(row, "text/csv"); });
  for (const std::string_view body : {R"({"instances": [{"a": [1, {"b": 2}]}]})",
                                      R"({"instances": [{"a": [1, {"b": 2}]})", "\"\xff"}) {
    answers(400, [&] { return ask(body); });
  }
}

TEST_F(MemoryShortage, NeighboursAreFoundOrRefused) {
  const ServedModel model(small_words(), "vectors.bin");
  AnswerScratch scratch;
  constexpr std::string_view kBody =
      R"({"instances": ["fast"], "configuration": {"action": "neighbours"}})";
  answers(200, [&] { return answer(model, {"application/json", {}, kBody}, {}, scratch).status; });
}

TEST_F(MemoryShortage, ManifestsAreRead) {
  Manifest manifest;
  manifest.files = {{"model.bin", 5, 5}};
  manifest.recipe_json = Recipe().to_json();
  manifest.options_json = R"({"a": {"b": [1, 2, [3]]}})";
  write_manifest(path("models/model.manifest.json"), manifest);
  survives([&] { (void)ServedModel(load_model_copy(path("models/model.bin")).loaded, models_); });
}

TEST_F(MemoryShortage, WhatIsWrongWithAManifestIsSaid) {
  for (const std::string_view text :
       {R"({"manifest_version": 1, "files": [{"a": [1, {"b")", R"({"a": ["x", 1e999]})",
        R"({"manifest_version": 1, "program_version": [2]})"}) {
    write("models/model.manifest.json", text);
    survives([&] { (void)load_model_copy(path("models/model.bin")); });
  }
}

TEST_F(MemoryShortage, MetricsAreWritten) {
  Paths paths;
  Metrics metrics;
  const ServerParts parts(paths, metrics, {}, 1, 0);
  // Never a part of them.
  answers(200, [&] {
    return own_answer(parts, {Endpoint::kMetrics, "GET"}, "GET").value().status;
  });
}

TEST_F(MemoryShortage, ModelsAreListed) {
  ModelStore store;
  ASSERT_EQ(store.load("a", models_), LoadResult::kLoaded);
  survives([&] { (void)answer_list(store, "limit=1"); });
  survives([&] { (void)answer_describe(store, "a"); });
  survives([&] { (void)answer_describe(store, "none"); });
}

TEST_F(MemoryShortage, ARequestLoadsAModelOrNothing) {
  const std::string body = R"({"model_name": "a", "url": ")" + models_ + "\"}";
  with_ever_more([&](long allocations) {
    ModelStore store;
    int status = 0;
    (void)done_with(allocations, [&] {
      status = answer_load(store, folder(), body, [](std::string_view line) {
                 const std::string copy(line);
               }).status;
    });
    EXPECT_EQ(store.find("a") != nullptr, status == 200) << allocations << " " << status;
    EXPECT_EQ(store.describe("a").has_value(), status == 200) << allocations;
    EXPECT_EQ(store.memory_used() > 0, status == 200) << allocations;
  });
}

TEST_F(MemoryShortage, AModelIsUnloadedOrStays) {
  ModelStore store;
  with_ever_more([&](long allocations) {
    (void)store.load("a", models_);
    const bool unloaded = done_with(allocations, [&] { store.unload("a"); });
    EXPECT_EQ(store.find("a") == nullptr, unloaded) << allocations;
    EXPECT_EQ(store.describe("a").has_value(), !unloaded) << allocations;
  });
}

TEST_F(MemoryShortage, AModelIsReplacedOrStays) {
  ModelStore store;
  ASSERT_EQ(store.load("a", models_), LoadResult::kLoaded);
  int label = 0;
  with_ever_more([&](long allocations) {
    put_model("models/model.bin", 1 - label);
    auto result = ReloadResult::kUnchanged;
    (void)done_with(allocations, [&] { result = store.reload("a"); });
    if (result == ReloadResult::kSwapped) label = 1 - label;
    ASSERT_NE(store.find("a"), nullptr);
    EXPECT_EQ(label_of(*store.find("a")), label) << allocations;
  });
  EXPECT_EQ(label, 1);
}

TEST_F(MemoryShortage, WhatWasTriedWithoutMemoryIsTriedAgain) {
  ModelStore store;
  ASSERT_EQ(store.load("a", models_), LoadResult::kLoaded);
  put_model("models/model.bin", 1);
  EXPECT_EQ(store.reload_if_changed("a"), ReloadResult::kChanging);
  bool swapped = false;
  for (long allocations = 0; !swapped && allocations < 10'000; ++allocations) {
    (void)done_with(allocations,
                    [&] { swapped = store.reload_if_changed("a") == ReloadResult::kSwapped; });
  }
  EXPECT_TRUE(swapped);
  EXPECT_EQ(label_of(*store.find("a")), 1);
}

}  // namespace
}  // namespace wordfire::serve
