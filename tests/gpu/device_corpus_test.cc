// Text that is sent to a GPU in pieces arrives as it is.
#include "cuda/device_corpus.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/gpu/gpu.h"

namespace wordfire {
namespace {

class DeviceCorpusTest : public GpuTest {
 protected:
  DeviceCorpusTest() {
    int64_t tokens = 0;
    for (int line = 0; line < 5000; ++line) {
      for (int word = line % 37; word >= 0; --word) words_.push_back(line * 40 + word);
      word_end_.push_back(static_cast<int64_t>(words_.size()));
      token_end_.push_back(tokens += 50);
    }
    corpus_ = {words_, word_end_, {}, {}, token_end_, nullptr};
  }

  // n values of device memory.
  template <typename T>
  static std::vector<T> fetch(const T* from, int64_t n) {
    std::vector<T> values(static_cast<size_t>(n));
    const Stream stream;
    copy_from_device(values.data(), from, n * int64_t{sizeof(T)}, stream);
    stream.wait();
    return values;
  }
  // The lines that a piece says it has.
  void expect_lines(const WordLines& lines, const ExampleRange& range) {
    const int64_t size = range.end - lines.first_line;
    const auto word_end = fetch(lines.word_end, size);
    const auto token_end = fetch(lines.token_end, size);
    const auto words = fetch(lines.words, word_end.back() - lines.words_before);
    WordLines host = lines;
    host.word_end = word_end.data();
    host.token_end = token_end.data();
    for (int64_t line = range.begin; line < range.end; ++line) {
      const auto want = corpus_.features_of(line);
      const std::vector<int32_t> got(words.begin() + host.begin_of(line),
                                     words.begin() + host.end_of(line));
      ASSERT_EQ(got, std::vector<int32_t>(want.begin(), want.end())) << line;
      ASSERT_EQ(host.tokens_of(line), corpus_.tokens_before(line));
    }
  }
  void expect_range(int64_t room, const ExampleRange& range, bool in_pieces) {
    use_device(device_);
    DeviceCorpus corpus(room);
    int64_t at = range.begin;
    int pieces = 0;
    corpus.for_each_piece(corpus_, range,
                          [&](const WordLines& lines, const ExampleRange& piece,
                              const std::function<void()>& load_next) {
                            EXPECT_EQ(piece.begin, at);
                            load_next();
                            expect_lines(lines, piece);
                            at = piece.end;
                            ++pieces;
                            return true;
                          });
    EXPECT_EQ(at, range.end);
    EXPECT_EQ(pieces > 1, in_pieces);
  }

  std::vector<int32_t> words_;
  std::vector<int64_t> word_end_;
  std::vector<int64_t> token_end_;
  Corpus corpus_;
};

TEST_F(DeviceCorpusTest, AllLinesAtOnceWhereTheyFit) {
  expect_range(int64_t{1} << 30, {0, 5000}, false);
  expect_range(int64_t{1} << 30, {17, 4000}, false);
}

TEST_F(DeviceCorpusTest, PieceAfterPieceWhereTheyDoNot) {
  expect_range(20'000, {0, 5000}, true);
  expect_range(50'000, {1234, 4321}, true);
}

}  // namespace
}  // namespace wordfire
