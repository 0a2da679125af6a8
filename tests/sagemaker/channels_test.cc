#include "sagemaker/channels.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/option_value.h"
#include "tests/sagemaker/container_fixture.h"

namespace wordfire {
namespace {

class ChannelsTest : public ContainerTest {
 protected:
  [[nodiscard]] std::vector<Channel> read(std::string_view json) const {
    config("inputdataconfig.json", json);
    return read_channels();
  }
  [[nodiscard]] std::vector<Channel> read_channels() const {
    return wordfire::read_channels(ConfigFile(paths().config("inputdataconfig.json")), paths());
  }
  [[nodiscard]] Channel train() const {
    Channel channel;
    channel.name = "train";
    channel.path = paths().channel("train");
    return channel;
  }
};

TEST_F(ChannelsTest, ReadsWhatThePlatformWrites) {
  const auto channels =
      read(R"({"train": {"ContentType": "application/x-recordio", "TrainingInputMode": "Pipe",)"
           R"("S3DistributionType": "FullyReplicated", "RecordWrapperType": "RecordIO"},)"
           R"("validation": {"TrainingInputMode": "file", "RecordWrapperType": "None"}})");
  ASSERT_EQ(channels.size(), 2u);
  EXPECT_EQ(channels[0].mode, ChannelMode::kPipe);
  EXPECT_TRUE(channels[0].wrapped);
  EXPECT_EQ(channels[0].content_type, "application/x-recordio");
  EXPECT_EQ(channels[0].path, paths().data() + "/train");
  EXPECT_EQ(channels[1].mode, ChannelMode::kFile);
  EXPECT_FALSE(channels[1].wrapped);
}

TEST_F(ChannelsTest, EveryKeyMayBeMissing) {
  const auto channels = read(R"({"train": {}, "validation": null})");
  ASSERT_EQ(channels.size(), 2u);
  EXPECT_EQ(channels[0].mode, ChannelMode::kFile);
  EXPECT_EQ(channels[0].content_type, "");
}

TEST_F(ChannelsTest, ModesAndTypesAreReadInAnyCase) {
  const auto channels = read(
      R"({"train": {"TrainingInputMode": "FASTFILE", "ContentType": "Text/Plain; charset=x"}})");
  EXPECT_EQ(channels[0].mode, ChannelMode::kFastFile);
  EXPECT_EQ(channels[0].content_type, "text/plain");
}

TEST_F(ChannelsTest, WithoutSettingsTheFoldersAreTheChannels) {
  data("validation", "v.txt", "x");
  data("train", "t.txt", "x");
  write("input/data/train-manifest", "[]");
  const auto channels = read_channels();
  ASSERT_EQ(channels.size(), 2u);
  EXPECT_EQ(channels[0].name, "train");
  EXPECT_EQ(channels[1].name, "validation");
}

TEST_F(ChannelsTest, RefusesSettingsThatItDoesNotUnderstand) {
  const auto refusal = [&](std::string_view json) {
    return message_of(ErrorKind::kData, [&] { return read(json).size(); });
  };
  EXPECT_EQ(refusal(R"({"train": {"TrainingInputMode": "Tube"}})"),
            "inputdataconfig.json: channel \"train\": TrainingInputMode \"Tube\", want File, "
            "FastFile or Pipe");
  EXPECT_NE(refusal(R"({"train": {"RecordWrapperType": "Zip"}})"), "no error");
  EXPECT_NE(refusal(R"({"train": 3})"), "no error");
  EXPECT_NE(refusal(R"({"train": {"ContentType": 3}})"), "no error");
}

TEST_F(ChannelsTest, ListsFilesOfAllFoldersByName) {
  const std::string b = data("train", "b.txt", "x");
  const std::string deep = data("train", "a/deep/part-1", "x");
  const std::string a = data("train", "a/part-0", "x");
  data("train", ".hidden", "x");
  data("train", ".cache/file", "x");
  data("train", "prepare.json", "{}");
  data("train", "_SUCCESS", "");
  write("input/data/train-manifest", "[]");
  EXPECT_EQ(list_channel_files(train()), std::vector<std::string>({deep, a, b}));
}

TEST_F(ChannelsTest, AnEmptyOrMissingFolderIsNamed) {
  const auto refusal = [&] {
    return message_of(SystemFault::kNoInput, [&] { return list_channel_files(train()).size(); });
  };
  EXPECT_NE(refusal().find("channel \"train\": " + paths().channel("train") + ": cannot read"),
            std::string::npos);
  data("train", ".hidden", "x");
  EXPECT_NE(refusal().find("no files in this folder"), std::string::npos);
}

class ChannelFormat : public ContainerTest {
 protected:
  // The name of the format of a channel whose first file begins with `head`.
  [[nodiscard]] std::string format(ChannelMode mode, const std::string& type, bool wrapped,
                                   std::string_view head = "text") const {
    Channel channel;
    channel.name = "train";
    channel.mode = mode;
    channel.content_type = type;
    channel.wrapped = wrapped;
    return std::string(input_format_name(channel_format(channel, {data("train", "part", head)})));
  }
};

TEST_F(ChannelFormat, TextTellsByItself) {
  for (const char* type : {"", "text/plain", "text/csv", "application/octet-stream"}) {
    for (const bool wrapped : {false, true}) {
      EXPECT_EQ(format(ChannelMode::kFile, type, wrapped), "auto") << type;
      EXPECT_EQ(format(ChannelMode::kPipe, type, wrapped), "auto") << type;
    }
  }
}

TEST_F(ChannelFormat, TypesOfRecordsAndLinesAreTaken) {
  for (const ChannelMode mode : {ChannelMode::kFile, ChannelMode::kFastFile, ChannelMode::kPipe}) {
    EXPECT_EQ(format(mode, "application/jsonlines", false), "jsonlines");
    EXPECT_EQ(format(mode, "application/x-recordio", false), "recordio");
    EXPECT_EQ(format(mode, "application/x-recordio-protobuf", false), "recordio-protobuf");
  }
}

TEST_F(ChannelFormat, WrappedRecordsInAPipeAreAManifest) {
  EXPECT_EQ(format(ChannelMode::kPipe, "application/x-recordio", true), "augmented-manifest");
  EXPECT_EQ(format(ChannelMode::kPipe, "application/jsonlines", true), "augmented-manifest");
}

TEST_F(ChannelFormat, FilesOfRecordsAreLookedInto) {
  using namespace std::string_view_literals;
  const std::string_view manifest =
      "\x0a\x23\xd7\xce\x04\0\0\0good\x0a\x23\xd7\xce\x01\0\0\0\x31\0\0\0"sv;
  EXPECT_EQ(format(ChannelMode::kFile, "application/x-recordio", false, manifest),
            "augmented-manifest");
  const std::string_view text = "\x0a\x23\xd7\xce\x04\0\0\0good"sv;
  EXPECT_EQ(format(ChannelMode::kFile, "application/x-recordio", false, text), "recordio");
  EXPECT_EQ(format(ChannelMode::kFile, "application/x-recordio", false, "no record"), "recordio");
}

TEST_F(ChannelFormat, AManifestWithoutRecordsIsRefusedWithTheReason) {
  Channel channel;
  channel.name = "train";
  channel.mode = ChannelMode::kPipe;
  channel.manifest = true;
  EXPECT_NE(message_of(ErrorKind::kUsage, [&] { return channel_format(channel, {}); })
                .find("want RecordIO: without it texts and labels arrive with nothing between"),
            std::string::npos);
}

TEST_F(ChannelFormat, APipeIsReadByItsPrefix) {
  Channel channel = {.name = "train", .mode = ChannelMode::kPipe, .content_type = "", .path = "/p"};
  EXPECT_EQ(channel_input(channel), std::vector<std::string>{"pipe:/p"});
}

}  // namespace
}  // namespace wordfire
