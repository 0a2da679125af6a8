#include "core/sentence_vector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace wordfire {
namespace {

class SentenceVector : public testing::Test {
 protected:
  std::vector<float> of(const std::string& line) {
    const auto vector = sentence_vector(words_, line, scratch_);
    return {vector.begin(), vector.end()};
  }

  WordLookup words_{WordVectors{2, {"east", "north", "nowhere"}, {3, 0, 0, 0.25f, 0, 0}}};
  SentenceScratch scratch_;
};

TEST_F(SentenceVector, IsTheMeanOfUnitVectors) {
  EXPECT_EQ(of("east"), (std::vector<float>{1, 0}));
  EXPECT_EQ(of("east north"), (std::vector<float>{0.5f, 0.5f}));
  EXPECT_EQ(of("east\tnorth east east\n"), (std::vector<float>{0.75f, 0.25f}));
}

TEST_F(SentenceVector, WordsWithoutAVectorDoNotCount) {
  EXPECT_EQ(of("nowhere north nobody"), (std::vector<float>{0, 1}));
}

TEST_F(SentenceVector, OfNoWordIsZero) {
  of("east");
  for (const char* line : {"", "\n", "  \n", "nobody"}) {
    EXPECT_EQ(of(line), (std::vector<float>{0, 0})) << line;
  }
}

}  // namespace
}  // namespace wordfire
