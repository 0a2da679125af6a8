// What tables become, and what the recipe says of it.
#include <gtest/gtest.h>
#include <zlib.h>

#include "io/byte_source.h"
#include "tests/io/prepare_fixture.h"

namespace wordfire {
namespace {

class Prepare : public PrepareTest {};

TEST_F(Prepare, DbpediaOfTheNotebook) {
  PrepareOptions job =
      options(write("train.csv",
                    "1,\"E. D. Abbott Ltd\",\" Abbott of Farnham was a \"\"coachbuilder\"\".\"\n"
                    "14,\"Kil-Ors\",\" A Novel\"\n"));
  job.classes =
      write("classes.txt",
            "Company\nEducationalInstitution\nArtist\nAthlete\nOfficeHolder\nMeanOfTransportation\n"
            "Building\nNaturalPlace\nVillage\nAnimal\nPlant\nAlbum\nFilm\nWrittenWork\n");
  run(job);
  EXPECT_EQ(read("out"),
            "__label__Company e . d . abbott ltd abbott of farnham was a \" coachbuilder \" .\n"
            "__label__WrittenWork kil - ors a novel\n");
}

TEST_F(Prepare, TabSeparatedWithNamedColumns) {
  PrepareOptions job =
      options(write("t.tsv", "name\tsection\tdescription\nab-c\tnet tools\tA \"tool\n"));
  job.recipe.label_columns = {"section"};
  job.recipe.text_columns = {"name", "description"};
  run(job);
  EXPECT_EQ(read("out"), "__label__net_tools ab - c a \" tool\n");
}

TEST_F(Prepare, JsonLines) {
  EXPECT_EQ(
      prepared("x.jsonl",
               "{\"text\": \"Caf\\u00c9 \\ud83d\\ude00\", \"label\": [\"a b\", 2, \"a b\"]}\n\n"
               "{\"label\": true, \"text\": [\"One\", \"Two\"]}"),
      "__label__a_b __label__2 café 😀\n__label__true one two\n");
}

TEST_F(Prepare, NumberedColumnsInTheirOrder) {
  PrepareOptions job = options(write("x.csv", "a,b,c,d\n"));
  job.recipe.label_columns = {"4", "2"};
  job.recipe.text_columns = {"3", "1"};
  run(job);
  EXPECT_EQ(read("out"), "__label__d __label__b c a\n");
}

TEST_F(Prepare, LabelSeparator) {
  PrepareOptions job = options(write("x.csv", "a| b||a|c d,text\n|,text\n"));
  job.recipe.label_separator = "|";
  EXPECT_EQ(run(job).counts.no_label, 1);
  EXPECT_EQ(read("out"), "__label__a __label__b __label__c_d text\n");
}

TEST_F(Prepare, GzipIsReadAsPlain) {
  const gzFile file = gzopen(path("x.csv.gz").c_str(), "wb");
  gzputs(file, "a,Hello\n");
  gzclose(file);
  run(options(path("x.csv.gz")));
  EXPECT_EQ(read("out"), "__label__a hello\n");
}

TEST_F(Prepare, SeveralFilesAndDirectoriesAreReadInOrder) {
  fs::create_directories(folder_ / "in");
  write("in/2.csv", "b,two\n");
  write("in/1.jsonl", "{\"label\": \"a\", \"text\": \"one\"}\n");
  PrepareOptions job = options(path("in"));
  job.input.push_back(write("3.csv", "c,three"));
  run(job);
  EXPECT_EQ(read("out"), "__label__a one\n__label__b two\n__label__c three\n");
}

TEST_F(Prepare, RecipeInADirectoryIsNoInput) {
  fs::create_directories(folder_ / "in");
  PrepareOptions job = options(write("in/1.csv", "a,one\n"));
  job.output = path("in/out.csv");
  run(job);
  EXPECT_TRUE(fs::exists(path("in/prepare.json")));
  EXPECT_EQ(list_input_files({path("in")}),
            (std::vector<std::string>{path("in/1.csv"), path("in/out.csv")}));
}

TEST_F(Prepare, WhatIsNotWrittenIsCounted) {
  const PrepareReport report = run(options(write("x.csv", "a,x\n,y\nb,\" \"\n\n \nc,z\nd,\xFF\n")));
  EXPECT_EQ(report.counts.rows, 5);
  EXPECT_EQ(report.counts.train, 3);
  EXPECT_EQ(report.counts.no_label, 1);
  EXPECT_EQ(report.counts.no_text, 1);
  EXPECT_EQ(report.counts.blank, 2);
  EXPECT_EQ(report.counts.not_utf8, 1);
  EXPECT_EQ(report.classes, (ClassCounts{{"a", 1}, {"c", 1}, {"d", 1}}));
  EXPECT_EQ(read("out"), "__label__a x\n__label__c z\n__label__d \xFF\n");
}

TEST_F(Prepare, RecipeTellsWhatWasDone) {
  PrepareOptions job = options(write("x.tsv", "a\tB\tc\n"));
  job.recipe.punctuation = Punctuation::kKeep;
  job.recipe.seed = 3;
  job.recipe.shuffle = true;
  run(job);
  const auto recipe = find_recipe(path("out"));
  ASSERT_TRUE(recipe);
  EXPECT_EQ(recipe->punctuation, Punctuation::kKeep);
  EXPECT_EQ(recipe->format, "tsv");
  EXPECT_EQ(recipe->label_columns, (std::vector<std::string>{"1"}));
  EXPECT_EQ(recipe->text_columns, (std::vector<std::string>{"2", "3"}));
  EXPECT_EQ(recipe->quotes, false);
  EXPECT_EQ(recipe->outputs, (std::vector<std::string>{"out"}));
}

TEST_F(Prepare, RecipeTreatsNewTextAsItTreatedTheOld) {
  const std::string raw = "It's  NEW; über-cool (50%)";
  for (const auto punctuation : {Punctuation::kSplit, Punctuation::kFastText, Punctuation::kKeep}) {
    PrepareOptions job = options(write("x.csv", "a," + raw + "\n"));
    job.recipe.punctuation = punctuation;
    run(job);
    std::string text = "__label__a";
    find_recipe(path("out"))->normalize(raw, text);
    EXPECT_EQ(read("out"), text + "\n");
  }
}

TEST_F(Prepare, RecipeOfTwoJobsOfOneKindNamesBothOutputs) {
  PrepareOptions job = options(write("x.csv", "a,b\n"));
  run(job);
  job.output = path("second");
  EXPECT_TRUE(run(job).warnings.empty());
  EXPECT_TRUE(find_recipe(path("out")));
  EXPECT_TRUE(find_recipe(path("second")));
}

TEST_F(Prepare, RecipeOfAnotherTreatmentReplacesWithAWarning) {
  PrepareOptions job = options(write("x.csv", "a,b\n"));
  run(job);
  job.output = path("second");
  job.recipe.lower = false;
  const PrepareReport report = run(job);
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_NE(report.warnings[0].find("how out was made"), std::string::npos);
  EXPECT_FALSE(find_recipe(path("out")));
}

}  // namespace
}  // namespace wordfire
