#include "sagemaker/message_link.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

namespace wordfire {
namespace {

class MessageLinkTest : public ::testing::Test {
 protected:
  MessageLinkTest() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    one_ = std::make_unique<MessageLink>(FileDescriptor(ends[0]));
    other_ = ends[1];
  }
  ~MessageLinkTest() override { ::close(other_); }

  void come(const std::string& bytes) const {
    EXPECT_EQ(::send(other_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  std::unique_ptr<MessageLink> one_;
  int other_ = -1;
};

TEST_F(MessageLinkTest, MessagesComeAsAWholeHoweverTheyAreCut) {
  come(R"({"is": "be)");
  EXPECT_TRUE(one_->exchange().empty());
  come("at\"}\n{\"is\": 1}\n{");
  const std::vector<nlohmann::json> messages = one_->exchange();
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0]["is"], "beat");
  EXPECT_EQ(messages[1]["is"], 1);
  EXPECT_TRUE(one_->is_open());
}

class StrangeMessageTest : public MessageLinkTest,
                           public ::testing::WithParamInterface<const char*> {};

TEST_P(StrangeMessageTest, WhatIsNoObjectEndsIt) {
  come(GetParam());
  EXPECT_TRUE(one_->exchange().empty());
  EXPECT_FALSE(one_->is_open());
}

INSTANTIATE_TEST_SUITE_P(Lines, StrangeMessageTest,
                         ::testing::Values("GET / HTTP/1.1\r\n", "[1]\n", "{\"is\": \n", "\n"));

TEST_F(MessageLinkTest, TheOtherEndsClosingClosesItAfterItsLastMessage) {
  come("{}\n");
  ::shutdown(other_, SHUT_WR);
  EXPECT_EQ(one_->exchange().size(), 1U);
  EXPECT_FALSE(one_->is_open());
}

TEST_F(MessageLinkTest, WhatIsLongGoesAsTheSocketTakesIt) {
  const std::string text(3 << 20, 'x');
  one_->send({{"text", text}});
  EXPECT_NE(one_->wanted().events & POLLOUT, 0);
  std::string got;
  std::vector<char> bytes(1 << 20);
  while (got.empty() || got.back() != '\n') {
    const ssize_t size = ::recv(other_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size > 0) got.append(bytes.data(), static_cast<size_t>(size));
    EXPECT_TRUE(one_->exchange().empty());
  }
  EXPECT_EQ(nlohmann::json::parse(got)["text"], text);
  EXPECT_EQ(one_->wanted().events & POLLOUT, 0);
}

TEST_F(MessageLinkTest, WhatNeverEndsEndsIt) {
  const std::string part(1 << 16, 'x');
  for (int i = 0; i < 100 && one_->is_open(); ++i) {
    come(part);
    EXPECT_TRUE(one_->exchange().empty());
  }
  EXPECT_FALSE(one_->is_open());
}

}  // namespace
}  // namespace wordfire
