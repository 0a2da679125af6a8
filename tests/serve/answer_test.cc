// Formats and actions of ours, and that a text's answer depends on nothing but the text.
#include <fmt/format.h>

#include "core/nearest_words.h"
#include "core/sentence_vector.h"
#include "io/recipe.h"
#include "tests/serve/answer_fixture.h"

namespace wordfire::serve {
namespace {

using nlohmann::json;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The numbers of a row of CSV.
json list_of(const std::string& row) { return json::parse(fmt::format("[{}]", row)); }

class Answers : public AnswerTest {
 protected:
  // A model that remembers how its text was prepared.
  static ServedModel prepared_classifier() {
    LoadedModel loaded = small_classifier();
    loaded.manifest.emplace().recipe_json = Recipe().to_json();
    return {std::move(loaded), "model.bin"};
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> texts = {"",
                                      " ",
                                      "flour",
                                      "knife a",
                                      "a\nflour\n",
                                      "unknown words",
                                      "__label__tools flour",
                                      "th\u00e9 </s> a"};
    for (int i = 0; i < 100; ++i) texts.push_back("flour knife a " + std::to_string(i));
    texts.emplace_back(100000, 'a');
    return texts;
  }
};

TEST_F(Answers, LineEndsWithinATextAreBlanks) {
  const auto labels_of = [&](const std::string& text) {
    return json_of(classifier_, json{{"instances", {text}}}.dump());
  };
  EXPECT_EQ(labels_of("a flour"), labels_of("a\nflour\n"));
  EXPECT_EQ(labels_of("a flour"), labels_of("a\r\n\tflour"));
  EXPECT_EQ(labels_of("a flour")[0]["prob"][0].get<float>(),
            predicted(classifier_, "a flour\n", 1)[0].probability);
}

TEST_F(Answers, ManyTextsAreAnsweredAsOneByOne) {
  for (const ServedModel* const model : {&classifier_, &words_}) {
    for (const std::string action : {"word_vectors", "sentence_vectors", "neighbours", "predict"}) {
      if (action == "predict" && !model->is_classifier()) continue;
      json request = {{"instances", texts()}, {"configuration", {{"action", action}, {"k", 4}}}};
      const std::string together = body_of(*model, kJson, request.dump());
      std::string one_by_one = "[";
      for (const std::string& text : texts()) {
        request["instances"] = {text};
        const std::string one = body_of(*model, kJson, request.dump());
        one_by_one += (one_by_one.size() > 1 ? ", " : "") + one.substr(1, one.size() - 2);
      }
      EXPECT_EQ(together, one_by_one + "]") << action;
    }
  }
}

TEST_F(Answers, LabelsUnderTheThresholdAreLeftOut) {
  const float second = predicted(classifier_, "flour\n", 2)[1].probability;
  const json given = json_of(
      classifier_,
      json{{"instances", {"flour"}}, {"configuration", {{"k", 4}, {"threshold", double{second}}}}}
          .dump());
  EXPECT_EQ(given[0]["label"].size(), 2u);
  EXPECT_EQ(body_of(classifier_, "application/json; threshold=1", R"({"instances": ["flour"]})"),
            R"([{"label": [], "prob": []}])");
}

TEST_F(Answers, SettingsStandBehindTheContentTypeOfAnyFormat) {
  EXPECT_EQ(lines_of(body_of(classifier_, "text/plain; k=2", "flour"))[0],
            fmt::format(
                "{} {:.6g} {} {:.6g}",
                classifier_.model().dictionary.label(predicted(classifier_, "flour\n", 2)[0].label),
                predicted(classifier_, "flour\n", 2)[0].probability,
                classifier_.model().dictionary.label(predicted(classifier_, "flour\n", 2)[1].label),
                predicted(classifier_, "flour\n", 2)[1].probability));
  EXPECT_EQ(body_of(classifier_, "application/jsonlines; K=3", R"({"source": "a"})"),
            body_of(classifier_, kJsonLines, R"({"source": "a", "k": 3})"));
  // What is said in JSON counts more.
  EXPECT_EQ(body_of(classifier_, "application/json; k=3",
                    R"({"instances": ["a"], "configuration": {"k": 1}})"),
            body_of(classifier_, kJson, R"({"instances": ["a"]})"));
}

TEST_F(Answers, EveryLineOfPlainTextIsAnswered) {
  EXPECT_EQ(lines_of(body_of(classifier_, kText, "flour\n\nknife\r\n")).size(), 3u);
  EXPECT_EQ(body_of(classifier_, kText, "flour\r\n"), body_of(classifier_, kText, "flour"));
  EXPECT_EQ(body_of(classifier_, kText,
                    "\xEF\xBB\xBF"
                    "flour"),
            body_of(classifier_, kText, "flour"));
  EXPECT_EQ(body_of(classifier_, kText, ""), "");
  EXPECT_EQ(json::parse(body_of(classifier_, kText, "a\nb", kJson)).size(), 2u);
}

TEST_F(Answers, CsvHasEveryLabelInTheOrderOfTheModel) {
  const std::string given =
      body_of(classifier_, kCsv, "flour\n\"knife, \"\"a\"\"\"\r\n", "text/csv; header=present");
  const std::vector<std::string> rows = lines_of(given);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0], "__label__bread,__label__tools,__label__th\u00e9,\"__label__\"\"odd\"\"\"");
  for (const auto& [row, line] : {std::pair(1, "flour\n"), std::pair(2, "knife, \"a\"\n")}) {
    std::vector<double> wanted(4);
    for (const Prediction& each : predicted(classifier_, line, -1)) {
      wanted[static_cast<size_t>(each.label)] = each.probability;
    }
    EXPECT_EQ(list_of(rows[static_cast<size_t>(row)]).get<std::vector<double>>(), wanted);
  }
}

TEST_F(Answers, CsvNamesTheColumnsOfTheActionThatIsAsked) {
  const auto first_row = [&](const std::string& body) {
    return lines_of(body_of(classifier_, kJson, body, "text/csv; header=present"))[0];
  };
  const std::string vectors = R"("configuration": {"action": "sentence_vectors"}})";
  EXPECT_EQ(first_row(R"({"instances": ["flour"], )" + vectors), "v1,v2,v3,v4,v5,v6,v7,v8");
  EXPECT_EQ(first_row(R"({"instances": [], )" + vectors), "v1,v2,v3,v4,v5,v6,v7,v8");
  EXPECT_EQ(first_row(R"({"instances": []})").find("__label__bread,"), 0u);
  EXPECT_EQ(refusal_of(classifier_, kJson,
                       R"({"instances": [], "configuration": {"action": "neighbours"}})",
                       "text/csv; header=present"),
            "406 action neighbours has no form in text/csv, want application/json");
}

TEST_F(Answers, ColumnsOfCsvAreOneText) {
  EXPECT_EQ(body_of(classifier_, kCsv, "flour,\"a\nknife\",a"),
            body_of(classifier_, kCsv, "flour a knife a"));
  EXPECT_EQ(lines_of(body_of(classifier_, "text/csv; header=present", "text\nflour\n")).size(), 1u);
  EXPECT_EQ(body_of(classifier_, "text/csv; header=present", "text\n"), "");
}

TEST_F(Answers, EveryRequestMayBeAnsweredInCsv) {
  const std::string row = body_of(classifier_, kCsv, "flour");
  EXPECT_EQ(body_of(classifier_, kJson, R"({"instances": ["flour", "flour"]})", kCsv),
            row + "\n" + row);
  EXPECT_EQ(body_of(classifier_, kJsonLines, R"({"source": "flour"})", kCsv), row);
  EXPECT_EQ(ask(classifier_, kText, "flour", kCsv).content_type, "text/csv");
}

TEST_F(Answers, VectorsHaveEachFormat) {
  EXPECT_EQ(body_of(words_, kText, "unknown"), "unknown 0 0 0 0 ");
  EXPECT_EQ(body_of(words_, kCsv, "unknown", "text/csv; header=present"),
            "v1,v2,v3,v4\n0.0,0.0,0.0,0.0");
  EXPECT_EQ(body_of(classifier_, "text/csv; action=word_vectors", "unknown"),
            "0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0");
  const json csv = list_of(body_of(words_, kCsv, "fast"));
  EXPECT_EQ(csv, json_of(words_, R"({"instances": ["fast"]})")[0]["vector"]);
}

TEST_F(Answers, SentenceVectorsAreThoseOfTheCommandLine) {
  const json request = {{"instances", {"flour a"}},
                        {"configuration", {{"action", "sentence_vectors"}}}};
  PredictScratch scratch;
  const auto mean = classifier_.predictor().sentence_vector("flour a\n", scratch);
  EXPECT_EQ(json_of(classifier_, request.dump())[0]["vector"].get<std::vector<float>>(),
            std::vector<float>(mean.begin(), mean.end()));
  SentenceScratch words_scratch;
  const auto sum = sentence_vector(words_.words(), "fast quick", words_scratch);
  const std::string given = body_of(words_, "application/jsonlines; action=sentence_vectors",
                                    R"({"source": "fast quick"})");
  EXPECT_EQ(json::parse(given)["vector"].get<std::vector<float>>(),
            std::vector<float>(sum.begin(), sum.end()));
}

TEST_F(Answers, NeighboursAreThoseOfTheCommandLine) {
  const json request = {{"instances", {"fast", "unknown"}},
                        {"configuration", {{"action", "neighbours"}, {"k", 2}}}};
  const json given = json_of(words_, request.dump());
  NearestQuery query = {std::vector<float>(4), {words_.words().find("fast")}};
  WordLookup::Scratch scratch;
  words_.words().copy_vector("fast", scratch, query.vector.data());
  make_unit(query.vector);
  const auto wanted = nearest_words(words_.unit_rows(), std::span(&query, 1), 2, 1)[0];
  ASSERT_EQ(given[0]["neighbours"].size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(given[0]["neighbours"][i]["word"], words_.words().word(wanted[i].word));
    EXPECT_EQ(given[0]["neighbours"][i]["similarity"].get<float>(), wanted[i].similarity);
  }
  EXPECT_EQ(given[1], (json{{"neighbours", json::array()}, {"word", "unknown"}}));
}

TEST_F(Answers, NeighboursAreTenAndNotTooFar) {
  EXPECT_EQ(json::parse(body_of(words_, "application/jsonlines; action=neighbours",
                                R"({"source": "fast"})"))["neighbours"]
                .size(),
            4u);  // all other words
  EXPECT_EQ(body_of(words_, "text/plain; action=neighbours; threshold=1", "fast"), "");
  EXPECT_EQ(refusal_of(words_, "text/csv; action=neighbours", "fast"),
            "406 action neighbours has no form in text/csv, want application/json");
}

TEST_F(Answers, RawTextIsPreparedAsTheTrainingTextWas) {
  const ServedModel model = prepared_classifier();
  const json raw = {{"instances", {"Flour, A\nKNIFE!"}},
                    {"configuration", {{"raw", true}, {"k", 4}}}};
  const std::string line = "flour , a knife !\n";
  const std::vector<Prediction> best = predicted(model, line, 4);
  const json given = json_of(model, raw.dump());
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(given[0]["prob"][i].get<float>(), best[i].probability);
  EXPECT_EQ(body_of(model, "text/plain; raw=true", "Flour, A"), body_of(model, kText, "flour , a"));
  EXPECT_NE(json_of(model, R"({"instances": ["Flour"]})"),
            json_of(model, R"({"instances": ["flour"]})"));
}

TEST_F(Answers, ScratchForgetsTheLastRequest) {
  const std::string wanted = body_of(classifier_, kJson, R"({"instances": ["flour"]})");
  const std::string large(1 << 20, 'a');
  EXPECT_EQ(ask(classifier_, kText, large).status, 200);
  EXPECT_NE(ask(classifier_, kJson, "{").status, 200);
  EXPECT_EQ(body_of(classifier_, kJson, R"({"instances": ["flour"]})"), wanted);
}

}  // namespace
}  // namespace wordfire::serve
