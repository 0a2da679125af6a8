#include "cuda/text_room.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "core/error.h"
#include "tests/cuda/line_corpus.h"

namespace wordfire {
namespace {

enum class Labels { kSome, kNone };

// Lines of up to 50 features, and 1 to 3 labels each.
class SomeText {
 public:
  explicit SomeText(int lines, Labels labels = Labels::kSome) {
    std::mt19937 random(5);
    for (int i = 0; i < lines; ++i) {
      const std::vector<int32_t> features(random() % 51);
      const std::vector<int32_t> some(1 + random() % 3);
      lines_.add(features, labels == Labels::kSome ? some : std::vector<int32_t>());
    }
  }
  [[nodiscard]] const Corpus& corpus() const { return lines_.corpus(); }

 private:
  LineCorpus lines_;
};

TEST(TextRoom, PartsDoNotOverlapAndBeginWhereAGpuReadsWell) {
  const SomeText text(300);
  for (const ExampleRange range :
       {ExampleRange{0, 300}, ExampleRange{17, 18}, ExampleRange{5, 5}, ExampleRange{100, 299}}) {
    const TextPlaces places = place_text(text.corpus(), range);
    const int64_t features =
        range.empty() ? 0 : text.corpus().feature_end[static_cast<size_t>(range.end) - 1];
    EXPECT_EQ(places.features, 0);
    const std::array<int64_t, 5> begins = {places.feature_end, places.labels, places.label_end,
                                           places.token_end, places.bytes};
    int64_t before = 0;
    for (const int64_t begin : begins) {
      EXPECT_EQ(begin % 256, 0);
      EXPECT_GE(begin, before);
      before = begin;
    }
    EXPECT_LE(places.feature_end, 4 * features + 256);
    EXPECT_GE(places.labels - places.feature_end, 8 * range.size());
    EXPECT_GE(places.label_end - places.labels, 4 * range.size());
    EXPECT_GE(places.bytes - places.token_end, 8 * range.size());
  }
}

TEST(TextRoom, PiecesFitAreAsLongAsTheyCanBeAndCoverTheRange) {
  const SomeText text(300);
  for (const int64_t room : {2048, 4096, 10'000, 1 << 20}) {
    int64_t at = 3;
    while (at < 290) {
      const ExampleRange piece = fitting_text(text.corpus(), {at, 290}, room);
      EXPECT_EQ(piece.begin, at);
      EXPECT_GT(piece.end, at);
      EXPECT_LE(place_text(text.corpus(), piece).bytes, room);
      if (piece.end < 290) {
        EXPECT_GT(place_text(text.corpus(), {at, piece.end + 1}).bytes, room);
      }
      at = piece.end;
    }
    EXPECT_EQ(at, 290);
  }
  EXPECT_TRUE(fitting_text(text.corpus(), {7, 7}, 0).empty());
}

TEST(TextRoom, WordsHaveNoLabels) {
  const SomeText words(300, Labels::kNone);
  const TextPlaces places = place_text(words.corpus(), {3, 200});
  EXPECT_EQ(places.label_end, places.labels);
  EXPECT_EQ(places.token_end, places.labels);
  EXPECT_LT(places.bytes, place_text(SomeText(300).corpus(), {3, 200}).bytes);
  const TextView view = view_text(words.corpus(), {3, 200});
  EXPECT_EQ(view.labels_before, 0);
  EXPECT_EQ(view.features, words.corpus().features_of(3).data());
}

TEST(TextRoom, AllOfATextIsBroughtWhereItFitsElsePiecesOfHalfTheRoom) {
  const SomeText text(300);
  const int64_t all = place_text(text.corpus(), {0, 300}).bytes;
  const ExampleRange whole = text_to_bring(text.corpus(), {17, 200}, all);
  EXPECT_EQ(whole.begin, 0);
  EXPECT_EQ(whole.end, 300);
  const ExampleRange piece = text_to_bring(text.corpus(), {17, 200}, all - 1);
  EXPECT_EQ(piece.begin, 17);
  EXPECT_LT(piece.end, 200);
  EXPECT_LE(place_text(text.corpus(), piece).bytes, (all - 1) / 2);
  EXPECT_GT(place_text(text.corpus(), {17, piece.end + 1}).bytes, (all - 1) / 2);
  EXPECT_EQ(text_piece_bytes(int64_t{100} << 30), kTextPieceBytes);
}

TEST(TextRoom, AnExampleThatDoesNotFitIsRefused) {
  const SomeText text(10);
  try {
    (void)fitting_text(text.corpus(), {4, 10}, 1000);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find("example 4 of the text needs 1280 bytes"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace wordfire
