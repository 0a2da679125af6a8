// Text that is sent to a GPU, whole or in pieces, arrives as it is.
#include "cuda/device_corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "tests/cuda/line_corpus.h"
#include "tests/gpu/gpu.h"

namespace wordfire {
namespace {

using Ids = std::vector<int32_t>;

// Lines of 0 to 36 words, with labels or without; words have no labels.
class SomeText {
 public:
  enum class Labels { kNone, kSome };

  explicit SomeText(Labels labels, int lines = 2000) {
    for (int line = 0; line < lines; ++line) {
      Ids words;
      Ids some;
      for (int word = line % 37; word > 0; --word) words.push_back(line * 40 + word);
      for (int label = line % 3; label >= 0; --label) some.push_back(line * 5 + label);
      lines_.add(words, labels == Labels::kSome ? some : Ids(), 50);
    }
  }
  [[nodiscard]] const Corpus& corpus() const { return lines_.corpus(); }
  void own(std::shared_ptr<const void> owner) { lines_.own(std::move(owner)); }
  void change_first_word(int32_t word) { lines_.features()[0] = word; }
  void change_words_of(int64_t line, int32_t word) {
    const auto words = corpus().features_of(line);
    const auto all = lines_.features();
    std::fill_n(all.begin() + (words.data() - all.data()), words.size(), word);
  }

 private:
  LineCorpus lines_;
};

// n values of device memory.
template <typename T>
std::vector<T> fetch(const T* from, int64_t n) {
  std::vector<T> values(static_cast<size_t>(n));
  const Stream stream;
  copy_from_device(values.data(), from, n * int64_t{sizeof(T)}, stream);
  stream.wait();
  return values;
}

// Examples of device memory, copied to the host.
class Fetched {
 public:
  // end: behind the last.
  Fetched(const TextView& from, int64_t end, bool has_labels) : view_(from) {
    const int64_t n = end - from.first;
    feature_end_ = fetch(from.feature_end, n);
    token_end_ = fetch(from.token_end, n);
    features_ = fetch(from.features, feature_end_.back() - from.features_before);
    view_.features = features_.data();
    view_.feature_end = feature_end_.data();
    view_.token_end = token_end_.data();
    label_end_.assign(static_cast<size_t>(n), 0);
    if (has_labels) label_end_ = fetch(from.label_end, n);
    if (has_labels) labels_ = fetch(from.labels, label_end_.back() - from.labels_before);
    view_.labels = labels_.data();
    view_.label_end = label_end_.data();
  }
  [[nodiscard]] TextLine line(int64_t i) const { return view_.line(i); }

 private:
  std::vector<int64_t> feature_end_;
  std::vector<int64_t> label_end_;
  std::vector<int64_t> token_end_;
  Ids features_;
  Ids labels_;
  TextView view_;
};

Ids ids_of(std::span<const int32_t> ids) { return {ids.begin(), ids.end()}; }

class DeviceCorpusTest : public GpuTest {
 protected:
  static constexpr int64_t kAll = int64_t{1} << 24;  // bytes: room for a whole text

  static void expect_lines(const Corpus& corpus, const DeviceCorpus& there,
                           const ExampleRange& range) {
    const bool has_labels = !corpus.label_end.empty();
    const Fetched fetched(there.view(), range.end, has_labels);
    int64_t longest = 0;
    for (int64_t i = range.begin; i < range.end; ++i) {
      const TextLine line = fetched.line(i);
      ASSERT_EQ(Ids(line.features, line.features + line.n_features), ids_of(corpus.features_of(i)));
      if (has_labels) {
        ASSERT_EQ(Ids(line.labels, line.labels + line.n_labels), ids_of(corpus.labels_of(i)));
      }
      ASSERT_EQ(line.tokens_before, corpus.tokens_before(i));
      longest = std::max(longest, line.n_features);
    }
    EXPECT_GE(there.longest(), longest);
  }
  // Returns the number of pieces.
  int expect_range(const Corpus& corpus, DeviceCorpus& there, const ExampleRange& range) const {
    use_device(device_);
    there.begin_range(corpus);
    int pieces = 0;
    for (ExampleRange left = range; !left.empty(); ++pieces) {
      const int64_t end = there.fetch(corpus, left);
      EXPECT_GT(end, left.begin);
      there.fetch_ahead(corpus, range.end);
      there.fetch_ahead(corpus, range.end);  // when it is on its way
      expect_lines(corpus, there, {left.begin, end});
      left.begin = end;
    }
    return pieces;
  }
  [[nodiscard]] int32_t first_word(const Corpus& corpus, DeviceCorpus& there) const {
    use_device(device_);
    there.begin_range(corpus);
    (void)there.fetch(corpus, {0, corpus.examples()});
    return fetch(there.view().features, 1)[0];
  }
};

TEST_F(DeviceCorpusTest, AllLinesAtOnceWhereTheyFit) {
  for (const auto labels : {SomeText::Labels::kNone, SomeText::Labels::kSome}) {
    const SomeText text(labels);
    DeviceCorpus there(kAll);
    EXPECT_EQ(expect_range(text.corpus(), there, {0, 2000}), 1);
    EXPECT_EQ(expect_range(text.corpus(), there, {17, 1000}), 1);
    EXPECT_EQ(there.view().first, 0);
  }
}

TEST_F(DeviceCorpusTest, PieceAfterPieceWhereTheyDoNot) {
  for (const auto labels : {SomeText::Labels::kNone, SomeText::Labels::kSome}) {
    const SomeText text(labels);
    DeviceCorpus there(20'000);
    EXPECT_GT(expect_range(text.corpus(), there, {0, 2000}), 10);
    EXPECT_GT(expect_range(text.corpus(), there, {1234, 1900}), 1);
    EXPECT_GT(expect_range(text.corpus(), there, {0, 2000}), 10);
  }
}

TEST_F(DeviceCorpusTest, ARangeThatIsLeftInAPieceDoesNotMixWithTheNext) {
  const SomeText text(SomeText::Labels::kSome);
  DeviceCorpus there(20'000);
  use_device(device_);
  there.begin_range(text.corpus());
  (void)there.fetch(text.corpus(), {0, 2000});
  there.fetch_ahead(text.corpus(), 2000);
  EXPECT_GT(expect_range(text.corpus(), there, {1000, 2000}), 1);
}

TEST_F(DeviceCorpusTest, APieceThatWasBroughtAheadIsNotBroughtAgain) {
  SomeText text(SomeText::Labels::kNone);
  DeviceCorpus there(20'000);
  use_device(device_);
  there.begin_range(text.corpus());
  const int64_t next = there.fetch(text.corpus(), {1, 2000});
  const int32_t word = text.corpus().features_of(next)[0];
  there.fetch_ahead(text.corpus(), 2000);
  text.change_words_of(next, -1);
  (void)there.fetch(text.corpus(), {next, 2000});
  EXPECT_EQ(fetch(there.view().features, 1)[0], word);
}

// Lines of 4,096 words, of so many MiB.
class LongLines {
 public:
  explicit LongLines(int mebibytes) {
    const Ids line(4096);
    for (int i = 0; i < mebibytes * 64; ++i) lines_.add(line);
  }
  [[nodiscard]] const Corpus& corpus() const { return lines_.corpus(); }

 private:
  LineCorpus lines_;
};

TEST_F(DeviceCorpusTest, NoMoreMemoryIsTakenThanThereIsRoom) {
  constexpr int64_t kMebibyte = 1 << 20;
  constexpr int64_t kRounding = 4 * kMebibyte;  // GPUs give memory in blocks of 2 MiB
  const LongLines whole(15);
  const LongLines pieces(40);
  use_device(device_);
  const int64_t before = free_device_bytes();
  DeviceCorpus there(16 * kMebibyte);
  for (const LongLines* text : {&whole, &pieces, &whole}) {
    there.begin_range(text->corpus());
    const ExampleRange all{0, text->corpus().examples()};
    for (ExampleRange left = all; !left.empty();) {
      left.begin = there.fetch(text->corpus(), left);
      there.fetch_ahead(text->corpus(), all.end);
      EXPECT_LE(before - free_device_bytes(), 16 * kMebibyte + kRounding);
    }
  }
}

TEST_F(DeviceCorpusTest, AWholeTextAndOneInPiecesTakeTurns) {
  const SomeText small(SomeText::Labels::kNone, 100);
  const SomeText large(SomeText::Labels::kNone);
  DeviceCorpus there(20'000);
  for (int turn = 0; turn < 2; ++turn) {
    EXPECT_EQ(expect_range(small.corpus(), there, {0, 100}), 1);
    EXPECT_GT(expect_range(large.corpus(), there, {0, 2000}), 10);
  }
}

TEST_F(DeviceCorpusTest, ATextStaysAsLongAsItsOwner) {
  SomeText text(SomeText::Labels::kSome);
  text.change_first_word(1);
  text.own(std::make_shared<int>(1));
  DeviceCorpus there(kAll);
  EXPECT_EQ(first_word(text.corpus(), there), 1);
  text.change_first_word(2);
  EXPECT_EQ(first_word(text.corpus(), there), 1);
  text.own(std::make_shared<int>(2));
  EXPECT_EQ(first_word(text.corpus(), there), 2);
}

TEST_F(DeviceCorpusTest, ATextWithoutAnOwnerIsReadAgain) {
  SomeText text(SomeText::Labels::kSome);
  text.change_first_word(1);
  DeviceCorpus there(kAll);
  EXPECT_EQ(first_word(text.corpus(), there), 1);
  text.change_first_word(2);
  EXPECT_EQ(first_word(text.corpus(), there), 2);
}

}  // namespace
}  // namespace wordfire
