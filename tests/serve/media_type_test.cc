#include "serve/media_type.h"

#include <gtest/gtest.h>

#include "serve/refused.h"

namespace wordfire::serve {
namespace {

Exchange negotiated(std::string_view type, std::string_view accept = "",
                    std::string_view default_accept = "") {
  return negotiate(type, accept, default_accept);
}

int status_of(std::string_view type, std::string_view accept = "") {
  try {
    static_cast<void>(negotiated(type, accept));
  } catch (const Refused& refused) {
    return refused.status();
  }
  return 200;
}

TEST(MediaTypes, AreReadInAnyCaseWithParameters) {
  const MediaType type = parse_media_type(R"( Application/JSONLines ; data=text; K="a;b" ;x)");
  EXPECT_EQ(type.name, "application/jsonlines");
  EXPECT_EQ(type.parameter("data"), "text");
  EXPECT_EQ(type.parameter("k"), "a;b");
  EXPECT_EQ(type.parameter("x"), std::nullopt);
  EXPECT_EQ(parse_media_type("").name, "");
}

TEST(MediaTypes, AnswerHasTheTypeOfTheRequest) {
  for (const std::string_view type : {"application/json", "application/jsonlines",
                                      "application/x-ndjson", "text/plain", "text/csv"}) {
    for (const std::string_view accept : {"", "*/*", " */* ", "*/*;q=0.1"}) {
      const Exchange exchange = negotiated(type, accept);
      EXPECT_EQ(exchange.answer_type, type);
      EXPECT_EQ(exchange.answer, exchange.request);
    }
  }
  EXPECT_EQ(negotiated("application/jsonlines;data=text").answer_type, "application/jsonlines");
  EXPECT_EQ(negotiated("text/csv; charset=utf-8").answer_type, "text/csv");
}

// BlazingText's documentation: if the two differ, Accept is ignored.
TEST(MediaTypes, AcceptIsIgnoredWhereBlazingTextIgnoresIt) {
  for (const std::string_view accept : {"application/jsonlines", "application/x-npy", "image/png",
                                        "text/plain", "application/octet-stream", "text/html"}) {
    EXPECT_EQ(negotiated("application/json", accept).answer_type, "application/json") << accept;
  }
  EXPECT_EQ(negotiated("application/jsonlines", "application/json").answer_type,
            "application/jsonlines");
}

TEST(MediaTypes, CsvIsAnswerToEveryRequest) {
  for (const std::string_view type :
       {"application/json", "application/jsonlines", "text/plain", "text/csv"}) {
    EXPECT_EQ(negotiated(type, "text/csv").answer_type, "text/csv");
  }
  // What the SDK's PandasDeserializer sends.
  EXPECT_EQ(negotiated("application/json", "text/csv, application/json").answer_type,
            "application/json");
  EXPECT_EQ(negotiated("application/jsonlines", "text/csv, application/json").answer_type,
            "text/csv");
}

TEST(MediaTypes, JsonBecomesCsvOnlyWhereCsvIsNamed) {
  for (const std::string_view type : {"application/json", "application/jsonlines"}) {
    for (const std::string_view accept :
         {"text/*", "text/*, image/*;q=0.5", "text/plain, text/*"}) {
      EXPECT_EQ(negotiated(type, accept).answer_type, type) << accept;
      EXPECT_EQ(negotiated(type, "", accept).answer_type, type) << accept;
    }
    EXPECT_EQ(negotiated(type, "text/*, text/csv").answer_type, "text/csv");
    EXPECT_EQ(negotiated(type, "text/*, text/csv;q=0").answer_type, type);
  }
}

TEST(MediaTypes, RequestsOfOursAreAnsweredAsAcceptSays) {
  EXPECT_EQ(negotiated("text/plain", "application/json").answer, Format::kJson);
  EXPECT_EQ(negotiated("text/csv", "application/jsonlines").answer, Format::kJsonLines);
  EXPECT_EQ(negotiated("text/csv", "text/*").answer, Format::kCsv);
  EXPECT_EQ(negotiated("text/csv", "text/csv;q=0.5, application/json;q=0.9").answer, Format::kJson);
  EXPECT_EQ(negotiated("text/csv", "text/csv;q=0, */*").answer, Format::kJson);
  EXPECT_EQ(negotiated("text/plain", "text/html,application/xhtml+xml,*/*;q=0.8").answer,
            Format::kText);
}

TEST(MediaTypes, WhatIsNotWrittenIsNotAcceptable) {
  EXPECT_EQ(status_of("text/csv", "image/png"), 406);
  EXPECT_EQ(status_of("text/plain", "application/x-npy, image/*"), 406);
  EXPECT_EQ(status_of("text/plain", "*/*;q=0"), 200);  // leaves all open
}

TEST(MediaTypes, ServersDefaultStandsForAnOpenAccept) {
  EXPECT_EQ(negotiated("text/csv", "", "application/jsonlines").answer, Format::kJsonLines);
  EXPECT_EQ(negotiated("text/csv", "*/*", "application/jsonlines").answer, Format::kJsonLines);
  EXPECT_EQ(negotiated("text/csv", "text/csv", "application/jsonlines").answer, Format::kCsv);
  EXPECT_EQ(negotiated("text/csv", "", "image/png").answer, Format::kCsv);
  EXPECT_EQ(negotiated("application/json", "", "application/jsonlines").answer, Format::kJson);
}

TEST(MediaTypes, HeaderOfCsvIsAsked) {
  EXPECT_TRUE(negotiated("text/csv", "text/csv; header=present").names_columns);
  EXPECT_FALSE(negotiated("text/csv", "text/csv; header=absent").names_columns);
  EXPECT_FALSE(negotiated("text/csv; header=present").names_columns);
  EXPECT_FALSE(negotiated("text/csv", "application/json; header=present").names_columns);
}

TEST(MediaTypes, UnknownContentTypesSayWhatToSet) {
  try {
    static_cast<void>(negotiated("application/octet-stream"));
    FAIL();
  } catch (const Refused& refused) {
    const std::string text = refused.what();
    EXPECT_EQ(refused.status(), 415);
    EXPECT_EQ(text.find("content-type application/octet-stream not supported"), 0u);
    EXPECT_NE(text.find("serializer=JSONSerializer()"), std::string::npos);
  }
  for (const std::string_view type :
       {"", "application/x-www-form-urlencoded", "text/html", "json", "application/jsonl", "*/*"}) {
    EXPECT_EQ(status_of(type), 415) << type;
  }
}

}  // namespace
}  // namespace wordfire::serve
