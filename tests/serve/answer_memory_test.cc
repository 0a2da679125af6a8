// What large requests leave behind.
#include "tests/serve/answer_fixture.h"
#include "tests/serve/bytes_in_use.h"

namespace wordfire::serve {
namespace {

class AnswerMemory : public AnswerTest {
 protected:
  void expect_all_is_given_back(std::string_view type, const std::string& body) {
    body_of(classifier_, type, "[\"flour\"]");
    const size_t before = bytes_in_use();
    body_of(classifier_, type, body);
    EXPECT_LT(bytes_in_use(), before + (size_t{256} << 10)) << type;
  }
};

TEST_F(AnswerMemory, OfALargeRequestIsGivenBack) {
  const std::string text(size_t{3} << 20, 'x');
  expect_all_is_given_back(kText, text);
  expect_all_is_given_back(kCsv, text + "," + text.substr(0, 1000) + "\n");
  expect_all_is_given_back(kCsv, '"' + text + "\",flour\n");
}

}  // namespace
}  // namespace wordfire::serve
