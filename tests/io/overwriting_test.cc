#include "io/overwriting.h"

#include <vector>

#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class Overwriting : public FolderTest {
 protected:
  [[nodiscard]] std::string message(const std::string& input, const std::string& output) const {
    const std::vector<std::string> inputs = {"none", input};
    const std::vector<std::string> outputs = {path("other"), output};
    return message_of(ErrorKind::kUsage, [&] {
      refuse_overwriting(inputs, outputs);
      return 0;
    });
  }
};

TEST_F(Overwriting, OneNameForBothIsRefused) {
  const std::string text = write("text", "");
  EXPECT_EQ(message(text, text),
            text + ": both input and output, want another name for the output");
}

TEST_F(Overwriting, LinksAndOtherPathsAreSeen) {
  const std::string text = write("text", "");
  std::filesystem::create_symlink("text", path("soft"));
  std::filesystem::create_hard_link(text, path("hard"));
  for (const char* name : {"soft", "hard", "./text"}) {
    EXPECT_EQ(message(path(name), text), text + ": both input (as " + path(name) +
                                             ") and output, want another name for the output");
    EXPECT_NE(message(text, path(name)), "no error");
  }
}

TEST_F(Overwriting, OtherFilesAndWhatIsNotThereAreFine) {
  EXPECT_EQ(message(write("a", ""), write("b", "")), "no error");
  EXPECT_EQ(message(path("none"), path("none")), "no error");
  EXPECT_EQ(message("/dev/null", "/dev/null"), "no error");
}

}  // namespace
}  // namespace wordfire
