#include "io/recipe.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/error.h"

namespace wordfire {
namespace {

std::string normalized(std::string_view raw, Punctuation punctuation = Punctuation::kSplit,
                       bool lower = true) {
  Recipe recipe;
  recipe.punctuation = punctuation;
  recipe.lower = lower;
  std::string out;
  recipe.normalize(raw, out);
  return out;
}

TEST(Recipe, SplitMakesEveryMarkAToken) {
  EXPECT_EQ(normalized("State-of-the-art."), "state - of - the - art .");
  EXPECT_EQ(normalized("libfoo-dev (C++): it's \"new\""),
            "libfoo - dev ( c + + ) : it ' s \" new \"");
}

TEST(Recipe, SplitCoversAllAsciiMarks) {
  const std::string marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  std::string want;
  for (const char mark : marks) want += std::string(want.empty() ? "" : " ") + mark;
  EXPECT_EQ(normalized(marks), want);
}

TEST(Recipe, SplitCoversTypographicMarks) {
  EXPECT_EQ(normalized("“Größe”—¿qué?… don’t"), "“ größe ” — ¿ qué ? … don ’ t");
  EXPECT_EQ(normalized("你好。再见！"), "你好 。 再见 ！");
}

TEST(Recipe, BlanksAndLineEndsCollapse) {
  EXPECT_EQ(normalized(std::string_view(" a\t\tb\r\n\v c\0d ", 13)), "a b c d");
  EXPECT_EQ(normalized("a\u00A0b\u3000c\u2028d"), "a b c d");
}

TEST(Recipe, FastTextStyleIsThatOfItsScripts) {
  EXPECT_EQ(normalized("He said: \"don't\"; (yes)!<br />Ok, e-mail_me?", Punctuation::kFastText),
            "he said don ' t ( yes ) ! ok , e-mail_me ?");
  EXPECT_EQ(normalized("<br/> a<b", Punctuation::kFastText), "<br/> a<b");
}

TEST(Recipe, KeepLeavesMarksInWords) {
  EXPECT_EQ(normalized("Don't  STOP.", Punctuation::kKeep), "don't stop.");
  EXPECT_EQ(normalized("Don't  STOP.", Punctuation::kKeep, false), "Don't STOP.");
}

TEST(Recipe, LowerCasesBeyondAscii) {
  EXPECT_EQ(normalized("ÄPFEL Ωμέγα ЖУК İZMİR"), "äpfel ωμέγα жук izmir");
  EXPECT_EQ(normalized("ÄPFEL", Punctuation::kSplit, false), "ÄPFEL");
}

TEST(Recipe, InvalidUtf8IsCopied) {
  EXPECT_EQ(normalized("A\xFF"
                       "B \xC3"),
            "a\xFF"
            "b \xC3");
  EXPECT_EQ(normalized("\xED\xA0\x80 \xF0\x9F"), "\xED\xA0\x80 \xF0\x9F");
}

TEST(Recipe, RawTextCannotMakeLabels) {
  EXPECT_EQ(normalized("a __label__x b", Punctuation::kKeep), "a x b");
  EXPECT_EQ(normalized("__LABEL____label__x", Punctuation::kKeep), "x");
  EXPECT_EQ(normalized("a __label__ b", Punctuation::kFastText), "a b");
  EXPECT_EQ(normalized("__label__x"), "_ _ label _ _ x");
}

TEST(Recipe, RawTextCannotEndLines) {
  EXPECT_EQ(normalized("a </s> b", Punctuation::kKeep), "a b");
}

TEST(Recipe, TokensAreAppendedBehindABlank) {
  const Recipe recipe;
  std::string out = "x";
  recipe.normalize("", out);
  recipe.normalize(" \n", out);
  EXPECT_EQ(out, "x");
  recipe.normalize("A", out);
  recipe.normalize("B ", out);
  EXPECT_EQ(out, "x a b");
}

TEST(Recipe, BlanksInLabelsBecomeUnderscores) {
  const Recipe recipe;
  std::string out;
  EXPECT_TRUE(recipe.append_label(" Mean of \t Transportation\n", out));
  EXPECT_TRUE(recipe.append_label("B-1", out));
  EXPECT_EQ(out, "__label__Mean_of_Transportation __label__B-1");
  EXPECT_FALSE(recipe.append_label(" \t", out));
}

Recipe full_recipe() {
  Recipe recipe;
  recipe.lower = false;
  recipe.punctuation = Punctuation::kFastText;
  recipe.label_prefix = "L:";
  recipe.format = "tsv";
  recipe.header = true;
  recipe.quotes = false;
  recipe.label_columns = {"class"};
  recipe.text_columns = {"title", "2"};
  recipe.label_separator = "|";
  recipe.class_names = {{"2", "zwei"}, {"1", "eins \"q\" ä"}};
  recipe.keep = 0.25;
  recipe.split = 0.1;
  recipe.shuffle = true;
  recipe.seed = -7;
  recipe.outputs = {"a.train", "a.test"};
  return recipe;
}

TEST(RecipeJson, ReadsWhatItWrites) {
  EXPECT_EQ(Recipe::from_json(full_recipe().to_json(), "x"), full_recipe());
  EXPECT_EQ(Recipe::from_json(Recipe().to_json(), "x"), Recipe());
}

std::string error_of(std::string_view json) {
  try {
    (void)Recipe::from_json(json, "dir/prepare.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.what();
  }
  return "";
}

std::string refusal(const std::string& what) {
  return "dir/prepare.json: not a recipe: " + what +
         "; give the prepare.json that prepare wrote, or prepare the text again";
}

TEST(RecipeJson, WhatIsNotJsonIsSaidByItsPlace) {
  EXPECT_EQ(error_of(""), refusal("not JSON: it is empty"));
  EXPECT_EQ(error_of("{\"recipe\":\n \xC3}"),
            refusal("not JSON: line 2, column 2: byte 0xc3 is not UTF-8"));
  EXPECT_NE(error_of("{\n  \"recipe\": 1,\n").find("not JSON: parse error at line 3, column 1: "),
            std::string::npos);
  EXPECT_EQ(error_of("{\n'").find('\n'), std::string::npos);
}

TEST(RecipeJson, AMissingKeyIsNamed) {
  EXPECT_EQ(error_of("[]"), refusal("found a list, want an object"));
  EXPECT_EQ(error_of("{}"), refusal("recipe: found no such key, want an integer"));
  EXPECT_EQ(error_of(R"({"recipe": 1})"), refusal("text: found no such key, want an object"));
  EXPECT_EQ(error_of(R"({"recipe": 1, "text": {}})"),
            refusal("text.lower_case: found no such key, want true or false"));
}

TEST(RecipeJson, AValueOfAnotherKindIsNamed) {
  EXPECT_EQ(error_of(R"({"recipe": "x"})"), refusal(R"(recipe: found "x", want an integer)"));
  EXPECT_EQ(error_of(R"({"recipe": 1, "text": 5})"), refusal("text: found 5, want an object"));
  const auto with = [](const std::string& from, const std::string& to) {
    std::string text = full_recipe().to_json();
    return error_of(text.replace(text.find(from), from.size(), to));
  };
  EXPECT_EQ(with("0.25", "[]"), refusal("rows.keep: found a list, want a number"));
  EXPECT_EQ(with(R"("2": "zwei")", R"("2": 2)"),
            refusal(R"(source.class_names["2"]: found 2, want a string)"));
  EXPECT_EQ(with(R"("title")", "null"),
            refusal("source.text_columns[0]: found null, want a string"));
  EXPECT_EQ(with("-7", "1.5"), refusal("rows.seed: found 1.5, want an integer"));
}

TEST(RecipeJson, NewerVersionsAndUnknownTreatmentsAreErrors) {
  EXPECT_EQ(error_of(R"({"recipe": 2, "text": {}})"), refusal("recipe: found 2, want version 1"));
  const std::string unknown =
      R"({"recipe": 1, "text": {"lower_case": true, "punctuation": "none", "label_prefix": "x"}})";
  EXPECT_EQ(error_of(unknown),
            refusal(R"(text.punctuation: found "none", want split, fasttext or keep)"));
}

TEST(RecipeJson, TextPartAloneIsEnough) {
  const Recipe recipe = Recipe::from_json(
      R"({"recipe": 1, "text": {"lower_case": false, "punctuation": "keep", "label_prefix": "#"}})",
      "x");
  EXPECT_FALSE(recipe.lower);
  EXPECT_EQ(recipe.punctuation, Punctuation::kKeep);
  EXPECT_EQ(recipe.label_prefix, "#");
}

TEST(RecipeFile, IsFoundBesideItsOutputsOnly) {
  const std::string folder = testing::TempDir() + "recipe_file/";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "prepare.json") << full_recipe().to_json();
  EXPECT_EQ(find_recipe(folder + "a.test"), full_recipe());
  EXPECT_EQ(find_recipe(folder + "b.test"), std::nullopt);
  EXPECT_EQ(find_recipe(folder + "none/a.test"), std::nullopt);
  EXPECT_EQ(recipe_path("a.train"), "prepare.json");
}

TEST(RecipeFile, WhatCannotBeOpenedIsNoInput) {
  const auto refusal_of = [](const std::string& path) -> std::string {
    try {
      (void)read_recipe(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), SystemFault::kNoInput);
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(refusal_of("/nonexistent/prepare.json"),
            "/nonexistent/prepare.json: cannot open (No such file or directory)");
  EXPECT_EQ(refusal_of("/"), "/: is a directory, want a file");
}

}  // namespace
}  // namespace wordfire
