#include "train/pretrained.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "core/option_table.h"
#include "io/vector_file.h"
#include "tests/train/job_fixture.h"

namespace wordfire {
namespace {

class Pretrained : public JobTest {
 protected:
  // A run of word vectors that moves nothing to speak of.
  Options still(const std::string& output) {
    Options options = default_options(TrainingMode::kSkipgram);
    options.args.dim = 8;
    options.args.epoch = 1;
    options.args.bucket = 300;
    options.args.min_count = 2;
    options.lr = 1e-20;
    options.thread = 1;
    options.input = {write("train.txt", labelled_text(400, 1))};
    options.output = path(output);
    return options;
  }

  // Eight numbers behind a word.
  static std::string line(const std::string& word, float first) {
    std::string line = word;
    for (int i = 0; i < 8; ++i) line += " " + std::to_string(first + static_cast<float>(i));
    return line + "\n";
  }

  static float value(const Model& model, const std::string& word, int32_t column) {
    const int32_t id = model.dictionary.find(word);
    EXPECT_GE(id, 0) << word;
    float x = 0;
    std::memcpy(&x, model.input.dense.row(id) + column * 4, sizeof(x));
    return x;
  }
};

TEST_F(Pretrained, WordsBeginWithTheirVectorsAndNewOnesJoinTheVocabulary) {
  for (const bool classifier : {false, true}) {
    Options begun = classifier ? options() : still("model");
    begun.lr = 1e-20;
    begun.pretrained_vectors = write(
        "given.vec", "3 8\n" + line("noise1", 5) + line("elsewhere", 20) + line("__label__1", 90));
    run(begun);
    const auto model = load_model(path("model.bin")).model;
    EXPECT_EQ(value(*model, "noise1", 0), 5);
    EXPECT_EQ(value(*model, "noise1", 7), 12);
    EXPECT_EQ(value(*model, "elsewhere", 3), 23);
    EXPECT_LT(std::abs(value(*model, "noise2", 0)), 1);
    EXPECT_EQ(model->dictionary.count(model->dictionary.find("elsewhere")), 1);
  }
}

TEST_F(Pretrained, WordsThatHoldBlanksStayOut) {
  Options begun = still("model");
  begun.pretrained_vectors =
      write("given.txt", line("noise1", 5) + line(". .", 9) + line("a\tb", 9));
  run(begun);
  const WordVectors written = read_word_vectors(path("model.vec"));
  EXPECT_EQ(static_cast<int32_t>(written.words.size()),
            load_model(path("model.bin")).model->dictionary.nwords());
  EXPECT_EQ(std::ranges::count(written.words, ". ."), 0);
  EXPECT_EQ(std::ranges::count(written.words, "noise1"), 1);
}

TEST_F(Pretrained, AWordTooRareForTheTextIsTrainedWhenItHasAVector) {
  Options begun = still("model");
  write("train.txt", "a b a b\nrare a b a b\n");
  begun.pretrained_vectors = write("given.vec", "1 8\n" + line("rare", 5));
  begun.lr = 0.1;
  begun.args.t = 1;
  begun.args.maxn = 0;
  begun.args.minn = 0;
  run(begun);
  EXPECT_NE(value(*load_model(path("model.bin")).model, "rare", 0), 5);
}

TEST_F(Pretrained, AModelGivesItsNgramsToo) {
  Options first = still("first");
  first.lr = 0.1;
  run(first);
  Options second = still("second");
  second.seed = 7;
  second.pretrained_vectors = path("first.bin");
  run(second);
  const auto before = load_model(path("first.bin")).model;
  const auto after = load_model(path("second.bin")).model;
  ASSERT_EQ(before->input.rows(), after->input.rows());
  const int32_t nwords = before->dictionary.nwords();
  ASSERT_EQ(nwords, after->dictionary.nwords());
  for (int32_t row = 0; row < before->input.rows(); ++row) {
    const int32_t from = row < nwords ? before->dictionary.find(after->dictionary.text(row)) : row;
    EXPECT_EQ(
        std::memcmp(before->input.dense.row(from), after->input.dense.row(row), 8 * sizeof(float)),
        0)
        << row;
  }
}

TEST_F(Pretrained, AModelWithNumbersThatAreNotFiniteIsRefused) {
  run(still("first"));
  const auto model = load_model(path("first.bin")).model;
  std::string bytes = read("first.bin");
  const float wrong = std::nanf("");
  // The output matrix is the end of the file; its head and size stand before it, and before those
  // the input matrix ends.
  const size_t behind_input = static_cast<size_t>(model->output.rows()) * 8 * sizeof(float) + 17;
  std::memcpy(&bytes[bytes.size() - behind_input - sizeof(wrong)], &wrong, sizeof(wrong));
  Options second = still("second");
  second.pretrained_vectors = write("broken.bin", bytes);
  EXPECT_EQ(message_of(ErrorKind::kModel, [&] { return run(second).epochs; }),
            path("broken.bin") + ": row " + std::to_string(model->input.rows()) +
                ": found nan as number 8, want finite numbers; the model is damaged, or its "
                "training diverged");
}

TEST_F(Pretrained, VectorsOfAnotherSizeAreRefused) {
  Options begun = still("model");
  begun.args.dim = 10;
  begun.pretrained_vectors = write("given.vec", "1 8\n" + line("noise1", 5));
  EXPECT_EQ(message_of(ErrorKind::kData, [&] { return run(begun).epochs; }),
            path("given.vec") + ": vectors of 8 numbers, want 10 as -dim says; set -dim 8");
}

TEST_F(Pretrained, AMissingFileIsNoInput) {
  Options begun = still("model");
  begun.pretrained_vectors = path("none.vec");
  EXPECT_NE(message_of(SystemFault::kNoInput, [&] { return run(begun).epochs; }).find("none.vec"),
            std::string::npos);
}

}  // namespace
}  // namespace wordfire
