// What is wrong with a request is said so that its sender knows what to change.
#include <algorithm>

#include "tests/serve/answer_fixture.h"

namespace wordfire::serve {
namespace {

class BadRequests : public AnswerTest {
 protected:
  std::string refused_json(std::string_view body) { return refusal_of(classifier_, kJson, body); }
  std::string refused_configuration(const std::string& members) {
    return refused_json(R"({"instances": ["a"], "configuration": {)" + members + "}}");
  }
  static bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }
};

TEST_F(BadRequests, SayWhereJsonEnds) {
  EXPECT_TRUE(says(refused_json(R"({"instances": ["a")"), "400 not JSON: parse error at line 1"));
  EXPECT_TRUE(says(refused_json(""), "400 not JSON: "));
  EXPECT_TRUE(says(refused_json(R"({"instances": [NaN]})"), "invalid literal"));
  EXPECT_TRUE(says(refused_json(R"({"instances": ["a"]} x)"), "400 not JSON: "));
  EXPECT_TRUE(says(refused_json(R"({"instances": ["\ud800"]})"), "surrogate"));
  EXPECT_TRUE(says(refused_json("{\"instances\": [\"\xFF\"]}"),
                   "400 byte 16, 0xff, is not UTF-8; send the text as UTF-8"));
  EXPECT_TRUE(says(refused_json(R"({"instances": [1e999]})"),
                   "400 not JSON: line 1, column 16: the number \"1e999\" is too large"));
  EXPECT_TRUE(says(refused_json(R"({"instances": [], "x": 99999999999999999999})"),
                   "400 not JSON: line 1, column 24: "));
}

TEST_F(BadRequests, AreQuotedInPart) {
  EXPECT_LT(refused_json("[\"" + std::string(100'000, 'x')).size(), 400u);
}

TEST_F(BadRequests, MayNotBeDeepOrAmbiguous) {
  std::string deep(100000, '[');
  EXPECT_TRUE(says(refused_json(deep), "400 not JSON: "));
  deep += std::string(100000, ']');
  EXPECT_TRUE(says(refused_json(deep), "400 not JSON: "));
  EXPECT_EQ(refused_json(R"({"instances": ["a"], "instances": ["b"]})"),
            R"(400 the name "instances" stands twice in an object)");
  EXPECT_EQ(refused_json(R"({"instances": ["a"], "x": [{"y": {"z": 1, "\u007a": 2}}]})"),
            R"(400 the name "z" stands twice in an object)");
}

TEST_F(BadRequests, WithManyNamesAreReadInTime) {
  std::string body = "{";
  for (int i = 0; i < 300000; ++i) body.append("\"").append(std::to_string(i)).append("\": 1, ");
  EXPECT_EQ(refused_json(body + R"("7": 1})"), R"(400 the name "7" stands twice in an object)");
  EXPECT_EQ(json_of(classifier_, body + R"("instances": []})").size(), 0u);
}

TEST_F(BadRequests, SerialisedTwiceAreTold) {
  const nlohmann::json request = {{"instances", {"a"}}};
  EXPECT_TRUE(says(refused_json(nlohmann::json(request.dump()).dump()),
                   "400 a string, want {\"instances\": [\"text\", ...], \"configuration\": {\"k\": "
                   "1}}; it was serialised twice: give the object itself to the serializer"));
  EXPECT_FALSE(says(refused_json("\"text\""), "twice"));
  EXPECT_TRUE(says(refusal_of(classifier_, kJsonLines, R"("{\"source\": \"a\"}")"), "twice"));
}

TEST_F(BadRequests, OfAnotherShapeAreToldTheirShape) {
  EXPECT_TRUE(says(refused_json(R"(["a"])"), R"(400 a list, want {"instances")"));
  EXPECT_TRUE(says(refused_json("7"), R"(400 a number, want {"instances")"));
  EXPECT_TRUE(says(refused_json(R"({"Instances": ["a"]})"), R"(no "instances", but "Instances";)"));
  EXPECT_TRUE(says(refused_json(R"({"source": "a"})"), "are application/jsonlines"));
  EXPECT_EQ(refused_json(R"({"instances": "a"})"),
            "400 instances is a string, want a list of strings");
  EXPECT_EQ(refused_json(R"({"instances": ["a", {"data": 1}]})"),
            "400 instances[1] is an object, want a string");
  EXPECT_EQ(refused_json(R"({"instances": [null]})"), "400 instances[0] is null, want a string");
}

TEST_F(BadRequests, WithoutAUsableKAreTold) {
  for (const std::string k : {"0", "-1", "1.5", "\"2\"", "true", "null"}) {
    EXPECT_EQ(refused_configuration("\"k\": " + k),
              "400 configuration: k is " + k + ", want an integer of at least 1");
    EXPECT_EQ(refusal_of(classifier_, kJsonLines, R"({"source": "a", "k": )" + k + "}"),
              "400 line 1: k is " + k + ", want an integer of at least 1");
  }
  EXPECT_EQ(refused_configuration(R"("k": [1])"),
            "400 configuration: k is a list, want an integer of at least 1");
  for (const std::string k : {"0", "-1", "x", "", "1 2"}) {
    EXPECT_EQ(refusal_of(classifier_, "text/plain; k=" + k, "a"),
              "400 content-type: k is \"" + k + "\", want an integer of at least 1");
  }
}

TEST_F(BadRequests, WithOtherWrongSettingsAreTold) {
  EXPECT_EQ(refused_configuration(R"("threshold": 1.5)"),
            "400 configuration: threshold is 1.5, want a number from 0 to 1");
  EXPECT_EQ(refused_configuration(R"("threshold": "0.5")"),
            "400 configuration: threshold is \"0.5\", want a number from 0 to 1");
  EXPECT_EQ(refusal_of(classifier_, "text/plain; threshold=2", "a"),
            "400 content-type: threshold is \"2\", want a number from 0 to 1");
  EXPECT_EQ(refused_configuration(R"("raw": 1)"),
            "400 configuration: raw is a number, want true or false");
  EXPECT_TRUE(says(refused_configuration(R"("treshold": 0.5)"),
                   R"(400 configuration: no setting "treshold")"));
  EXPECT_TRUE(says(refused_configuration(R"("treshold": 0.5)"), "did you mean threshold?"));
  EXPECT_TRUE(says(refused_configuration(R"("action": "neighbors")"), "did you mean neighbours?"));
  EXPECT_EQ(refused_json(R"({"instances": ["a"], "configuration": 2})"),
            R"(400 configuration is a number, want an object such as {"k": 1})");
}

TEST_F(BadRequests, ThatTheModelCannotFollowAreTold) {
  EXPECT_TRUE(says(refusal_of(words_, "text/plain; action=predict", "a"), "want a classifier"));
  EXPECT_TRUE(
      says(refused_configuration(R"("raw": true)"), "400 raw: the model's manifest has no"));
  EXPECT_TRUE(
      says(refusal_of(words_, "text/plain; raw=true", "a"), "400 raw: words are looked up"));
}

TEST_F(BadRequests, LineIsNamed) {
  EXPECT_TRUE(says(refusal_of(classifier_, kJsonLines, "{\"source\": \"a\"}\n\n{\"source\": 1}\n"),
                   "400 line 3: source is a number, want a string"));
  EXPECT_TRUE(
      says(refusal_of(classifier_, kJsonLines, R"({"instances": ["a"]})"), "is application/json"));
}

TEST_F(BadRequests, RowIsNamed) {
  EXPECT_TRUE(says(refusal_of(classifier_, kCsv, "a\n\"b\" c\n"), "400 row 2: byte 3: quotes"));
  EXPECT_TRUE(says(refusal_of(classifier_, kCsv, "\"never closed"), "400 row 1: byte 0: quotes"));
}

TEST_F(BadRequests, LinesOfABatchFailAlone) {
  rules_.bad_lines_stay_alone = true;
  const std::string given =
      body_of(classifier_, kJsonLines,
              "{\"source\": \"a\"}\n{\"source\": }\n7\n[{\"source\": 1}, {\"source\": \"a\"}]\n");
  std::istringstream lines(given);
  std::vector<nlohmann::json> parsed;
  for (std::string line; std::getline(lines, line);) parsed.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(parsed.size(), 5u);
  EXPECT_TRUE(parsed[0].contains("prob"));
  EXPECT_TRUE(says(parsed[1]["error"], "not JSON: "));
  EXPECT_TRUE(says(parsed[2]["error"], "a number, want {"));
  EXPECT_TRUE(says(parsed[3]["error"], "source is a number"));
  EXPECT_EQ(parsed[4], parsed[0]);
}

TEST_F(BadRequests, AnEmptyListIsALineOfABatchAsWell) {
  EXPECT_EQ(refusal_of(classifier_, kJsonLines, "{\"source\": \"a\"}\n[]"),
            R"(400 line 2: an empty list, want {"source": "text", "k": 1})");
  rules_.bad_lines_stay_alone = true;
  const std::string given = body_of(classifier_, kJsonLines, "[]\n{\"source\": \"a\"}\n[ ]\n");
  EXPECT_EQ(std::ranges::count(given, '\n'), 2);
  EXPECT_EQ(given.find(R"({"error": "an empty list, want )"), 0u);
}

TEST_F(BadRequests, LinesOfABatchAreFieldsOfCsv) {
  rules_.bad_lines_stay_alone = true;
  EXPECT_EQ(body_of(classifier_, kJsonLines, "{\"source\": 7}", kCsv),
            R"("{""error"": ""source is a number, want a string""}")");
}

TEST_F(BadRequests, LongTextsAndAnswersAreRefused) {
  rules_.most_text_bytes = 10;
  EXPECT_EQ(refusal_of(classifier_, kText, "short\nlonger than ten"),
            "413 line 2: a text of 15 bytes, want at most 10");
  rules_.most_text_bytes = 100;
  rules_.most_answer_bytes = 200;
  EXPECT_EQ(ask(classifier_, kJson, R"({"instances": ["a"]})").status, 200);
  EXPECT_EQ(refused_json(R"({"instances": ["a", "a", "a", "a", "a"]})"),
            "413 the answer has more than 200 bytes; send fewer texts at once");
  rules_.bad_lines_stay_alone = true;
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "x\n";
  EXPECT_TRUE(says(refusal_of(classifier_, kJsonLines, lines), "413 "));
}

TEST_F(BadRequests, DeadlineEndsWork) {
  const Request request = {kText, "", "a\nb\n", std::chrono::steady_clock::now()};
  const Answer given = answer(classifier_, request, rules_, scratch_);
  EXPECT_EQ(given.status, 503);
  rules_.bad_lines_stay_alone = true;
  const Request lines = {kJsonLines, "", R"({"source": "a"})", std::chrono::steady_clock::now()};
  EXPECT_EQ(answer(classifier_, lines, rules_, scratch_).status, 503);
}

TEST_F(BadRequests, RefusalsAreOneShownLine) {
  std::string text = "a\nb\x01\xFF\u00e9";
  const Answer given = refusal(400, text.append(2000, 'x'));
  EXPECT_EQ(given.body.find("a?b??\u00e9xxx"), 0u);
  EXPECT_EQ(given.body.size(), 1000u);
}

TEST_F(BadRequests, StatusFollowsTheKindOfError) {
  EXPECT_EQ(refusal(Error::usage("x")).status, 400);
  EXPECT_EQ(refusal(Error::data("x")).status, 400);
  EXPECT_EQ(refusal(Error::model("x")).status, 500);
  EXPECT_EQ(refusal(Error::io("x")).status, 503);
  EXPECT_EQ(refusal(Error::internal("x")).status, 500);
  EXPECT_EQ(refusal(std::bad_alloc()).status, 507);
  EXPECT_EQ(refusal(std::runtime_error("x")).status, 500);
}

}  // namespace
}  // namespace wordfire::serve
