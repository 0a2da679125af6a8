#include "serve/page.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/serve/small_models.h"

namespace wordfire::serve {
namespace {

bool has(const Answer& answer, std::string_view text) {
  return answer.body.find(text) != std::string::npos;
}

TEST(Page, SaysWhatTheModelIs) {
  const Answer classifier = page(ServedModel(small_classifier(), ""));
  EXPECT_EQ(classifier.status, 200);
  EXPECT_EQ(classifier.content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(has(classifier, R"(data-model="classifier" data-recipe="false")"));
  EXPECT_TRUE(has(classifier, "A classifier of 4 labels that knows 5 words."));
  EXPECT_TRUE(has(page(ServedModel(small_words(), "")), "Vectors of 5 words, 4 numbers each."));
}

TEST(Page, OffersToPrepareTextIfThereIsARecipe) {
  LoadedModel loaded = small_classifier();
  loaded.manifest.emplace().recipe_json = Recipe().to_json();
  EXPECT_TRUE(has(page(ServedModel(std::move(loaded), "")), R"(data-recipe="true")"));
}

TEST(Page, IsTheFileOfTheRepository) {
  std::ifstream file(WORDFIRE_PAGE, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const std::string html = text.str();
  const Answer given = page(ServedModel(small_words(), ""));
  EXPECT_EQ(given.body.substr(0, html.find("@MODEL_KIND@")),
            html.substr(0, html.find("@MODEL_KIND@")));
  const std::string rest = html.substr(html.find("@MODEL_TEXT@") + 12);
  EXPECT_TRUE(given.body.ends_with(rest));
}

TEST(Page, FetchesNothingFromElsewhere) {
  const Answer given = page(ServedModel(small_words(), ""));
  EXPECT_FALSE(has(given, "://"));
  EXPECT_FALSE(has(given, "@import"));
  EXPECT_FALSE(has(given, "src="));
}

}  // namespace
}  // namespace wordfire::serve
