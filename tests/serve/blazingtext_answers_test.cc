// Requests and answers as BlazingText's documentation and its users' logs show them.
#include "tests/serve/answer_fixture.h"

namespace wordfire::serve {
namespace {

using nlohmann::json;
using BlazingTextAnswers = AnswerTest;

TEST_F(BlazingTextAnswers, LabelsAndProbabilitiesFall) {
  const json given = json_of(
      classifier_, R"({"instances": ["flour knife", "a flour"], "configuration": {"k": 2}})");
  ASSERT_EQ(given.size(), 2u);
  const std::vector<Prediction> best = predicted(classifier_, "flour knife\n", 2);
  ASSERT_EQ(given[0].size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(given[0]["label"][i], classifier_.model().dictionary.label(best[i].label));
    EXPECT_EQ(given[0]["prob"][i].get<double>(), double{best[i].probability});
  }
  EXPECT_GE(given[1]["prob"][0], given[1]["prob"][1]);
}

// A list of objects, written as Python writes them, floats as doubles.
TEST_F(BlazingTextAnswers, BytesAreThoseOfTheDocumentation) {
  const float p = predicted(classifier_, "flour\n", 1)[0].probability;
  const auto label = predicted(classifier_, "flour\n", 1)[0].label;
  const std::string name = json(classifier_.model().dictionary.label(label)).dump();
  const std::string number = json(double{p}).dump();
  EXPECT_EQ(body_of(classifier_, kJson, R"({"instances": ["flour"]})"),
            R"([{"label": [)" + name + R"(], "prob": [)" + number + "]}]");
  EXPECT_EQ(body_of(classifier_, kJsonLines, R"({"source": "flour"})"),
            R"({"prob": [)" + number + R"(], "label": [)" + name + "]}");
}

TEST_F(BlazingTextAnswers, OneLabelUnlessMoreAreAskedFor) {
  EXPECT_EQ(json_of(classifier_, R"({"instances": ["a"]})")[0]["label"].size(), 1u);
  // What AWS's labelling workflow sends to get all labels.
  const json all = json_of(classifier_, R"({"instances": ["a"], "configuration": {"k": 1000000}})");
  EXPECT_EQ(all[0]["label"].size(), 4u);
  EXPECT_EQ(
      json_of(classifier_, R"({"instances": ["a"], "configuration": {"k": 18446744073709551615}})"),
      all);
}

TEST_F(BlazingTextAnswers, VectorsOfWords) {
  const json given = json_of(words_, R"({"instances": ["awesome", "blazing"]})");
  ASSERT_EQ(given.size(), 2u);
  EXPECT_EQ(given[0]["word"], "awesome");
  EXPECT_EQ(given[1]["word"], "blazing");
  std::vector<float> vector(4);
  WordLookup::Scratch scratch;
  words_.words().copy_vector("blazing", scratch, vector.data());
  EXPECT_EQ(given[1]["vector"].get<std::vector<float>>(), vector);
}

TEST_F(BlazingTextAnswers, VectorOfAnUnknownWordIsZeros) {
  EXPECT_EQ(body_of(words_, kJson, R"({"instances": ["unknown"]})"),
            R"([{"vector": [0.0, 0.0, 0.0, 0.0], "word": "unknown"}])");
}

TEST_F(BlazingTextAnswers, VectorOfAnUnknownWordIsMadeOfItsSubwords) {
  const ServedModel subwords(small_words(4), "vectors.bin");
  const json given = json_of(subwords, R"({"instances": ["unknown"]})");
  std::vector<float> vector(4);
  WordLookup::Scratch scratch;
  EXPECT_TRUE(subwords.words().copy_vector("unknown", scratch, vector.data()));
  EXPECT_EQ(given[0]["vector"].get<std::vector<float>>(), vector);
}

TEST_F(BlazingTextAnswers, EachLineHasItsK) {
  const std::string given = body_of(classifier_, kJsonLines,
                                    "{\"source\": \"flour\", \"k\": 3}\n"
                                    "{\"id\": 7, \"k\": 1, \"source\": \"knife\", \"raw\": 1}");
  const size_t end = given.find('\n');
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(json::parse(given.substr(0, end))["label"].size(), 3u);
  EXPECT_EQ(json::parse(given.substr(end + 1))["label"].size(), 1u);
}

TEST_F(BlazingTextAnswers, AsManyLinesComeAsGo) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "{\"source\": \"knife\"}\r\n";
  for (const bool ended : {true, false}) {
    if (!ended) lines.resize(lines.size() - 2);
    const std::string given = body_of(classifier_, kJsonLines, lines);
    EXPECT_EQ(std::ranges::count(given, '\n'), 99);
    EXPECT_FALSE(given.ends_with('\n'));
  }
}

TEST_F(BlazingTextAnswers, BlankLinesHaveNoAnswer) {
  EXPECT_EQ(body_of(classifier_, kJsonLines, "\n \r\n\t\n"), "");
  EXPECT_EQ(body_of(classifier_, kJsonLines, ""), "");
  EXPECT_EQ(body_of(classifier_, kJsonLines, "\n{\"source\": \"a\"}\n\n"),
            body_of(classifier_, kJsonLines, "{\"source\": \"a\"}"));
}

TEST_F(BlazingTextAnswers, ListOfSourcesIsAsManyLines) {
  EXPECT_EQ(body_of(classifier_, "application/jsonlines;data=text",
                    R"([{"source": "a flour"}, {"source": "knife"}])"),
            body_of(classifier_, kJsonLines, "{\"source\": \"a flour\"}\n{\"source\": \"knife\"}"));
}

TEST_F(BlazingTextAnswers, WordsInLines) {
  const json given = json::parse(body_of(words_, kJsonLines, R"({"source": "fast"})"));
  EXPECT_EQ(given["word"], "fast");
  EXPECT_EQ(given["vector"].size(), 4u);
}

TEST_F(BlazingTextAnswers, NoInstancesNoAnswers) {
  EXPECT_EQ(body_of(classifier_, kJson, R"({"instances": []})"), "[]");
}

TEST_F(BlazingTextAnswers, OctetStreamIsRefusedInItsWords) {
  const std::string text = refusal_of(classifier_, "application/octet-stream", "flour");
  EXPECT_EQ(text.find("415 content-type application/octet-stream not supported; "), 0u);
}

TEST_F(BlazingTextAnswers, EveryLossIsServed) {
  for (const LossKind loss : {LossKind::kHierarchicalSoftmax, LossKind::kNegativeSampling,
                              LossKind::kSoftmax, LossKind::kOneVsAll}) {
    const ServedModel model(small_classifier(loss), "model.bin");
    const json given =
        json_of(model, R"({"instances": ["flour knife"], "configuration": {"k": 4}})");
    const std::vector<Prediction> best = predicted(model, "flour knife\n", 4);
    ASSERT_EQ(given[0]["prob"].size(), best.size());
    for (size_t i = 0; i < best.size(); ++i) {
      EXPECT_EQ(given[0]["prob"][i].get<float>(), best[i].probability);
    }
  }
}

}  // namespace
}  // namespace wordfire::serve
