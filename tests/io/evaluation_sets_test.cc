#include "io/evaluation_sets.h"

#include "tests/io/compressed.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class EvaluationSetsTest : public FolderTest {
 protected:
  // The pairs of a file with these bytes as "first/second/score", each followed by a blank.
  std::string pairs(const std::string& bytes) const {
    std::ostringstream out;
    for (const WordPair& pair : read_word_pairs(write("pairs", bytes)).pairs) {
      out << pair.first << '/' << pair.second << '/' << pair.score << ' ';
    }
    return out.str();
  }
  template <typename Read>
  std::string fault(Read read, const std::string& bytes) const {
    const std::string file = write("bad", bytes);
    return message_of(ErrorKind::kData, [&] { return read(file); }).substr(file.size());
  }
};

TEST_F(EvaluationSetsTest, FieldsMayBeSeparatedInFourWays) {
  for (const std::string text : {"a\tb\t1.5\n", "a;b;1.5\n", "a,b,1.5\n", "a b 1.5\n",
                                 "a , b , 1.5\r\n", "a  b   1.5", "a\tb\t1.5\t2\tmore\n"}) {
    EXPECT_EQ(pairs(text), "a/b/1.5 ") << text;
  }
  EXPECT_EQ(pairs("new york\tcity\t3\nx,y\tz\t4\n"), "new york/city/3 x,y/z/4 ");
  EXPECT_EQ(pairs(gzip("a\tb\t1\n")), "a/b/1 ");
}

TEST_F(EvaluationSetsTest, HeadCommentsAndEmptyLinesAreLeftOut) {
  EXPECT_EQ(pairs("Word 1,Word 2,Human (mean)\nlove,sex,6.77\n"), "love/sex/6.77 ");
  EXPECT_EQ(pairs("# from 2002\n\nword word score\na b 1\n # x\n"), "a/b/1 ");
}

TEST_F(EvaluationSetsTest, OtherLinesAreNamed) {
  EXPECT_EQ(fault(read_word_pairs, "a b 1\nc d\n"),
            ":2: found \"c d\", want two words and a score");
  EXPECT_EQ(fault(read_word_pairs, "a b 1\nc d nan\n"),
            ":2: found \"c d nan\", want two words and a score");
  EXPECT_EQ(fault(read_word_pairs, "a b c\nd e f\n"),
            ":2: found \"d e f\", want two words and a score");
  for (const std::string text : {"", "\n", "# a b 1\n", "a b c\n"}) {
    EXPECT_EQ(fault(read_word_pairs, text),
              ": found no line of two words and a score, want at least one");
  }
}

TEST_F(EvaluationSetsTest, AnalogiesHaveSections) {
  const AnalogySet set =
      read_analogies(write("q.txt", ": capitals \r\nA B C D\r\n\n: more\ne\tf  g h \n"));
  EXPECT_EQ(set.name, "q.txt");
  ASSERT_EQ(set.sections.size(), 2u);
  EXPECT_EQ(set.sections[0].name, "capitals");
  EXPECT_EQ(set.sections[0].questions, (std::vector<WordAnalogy>{{"A", "B", "C", "D"}}));
  EXPECT_EQ(set.sections[1].questions, (std::vector<WordAnalogy>{{"e", "f", "g", "h"}}));
  EXPECT_EQ(read_analogies(write("q.txt", "a b c d\n")).sections[0].name, "");
}

TEST_F(EvaluationSetsTest, LinesThatAreNoAnalogyAreNamed) {
  EXPECT_EQ(fault(read_analogies, ": x\na b c\n"),
            ":2: found \"a b c\", want four words, or \": \" and a section's name");
  EXPECT_EQ(fault(read_analogies, "a b c d e\n").substr(0, 3), ":1:");
  for (const std::string text : {"", "\n", ": x\n: y\n"}) {
    EXPECT_EQ(fault(read_analogies, text), ": found no line of four words, want at least one");
  }
}

}  // namespace
}  // namespace wordfire
