#include "io/text_source.h"

#include <sys/stat.h>

#include <thread>

#include "core/stopped.h"
#include "io/line_blocks.h"
#include "io/pipe_path.h"
#include "io/recordio.h"
#include "io/text_encoder.h"
#include "tests/io/compressed.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/memory_source.h"

namespace wordfire {
namespace {

using enum InputFormat;

constexpr char kLines[] =
    "__label__1 hello world\n"
    "__label__0 __label__2 good bye\n"
    "__label__1 \n"
    "__label__3 a \"quoted\" word, and a \\\n";

// kLines, or other lines, in a format.
std::string encoded(InputFormat format, std::string_view lines = kLines) {
  TextEncoder encoder(format, "__label__");
  std::string stream;
  for (size_t end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
    encoder.append(lines.substr(0, end), stream);
    lines.remove_prefix(end + 1);
  }
  return stream;
}

std::string records(const std::vector<std::string>& payloads) {
  std::string stream;
  for (const std::string& payload : payloads) append_record(payload, stream);
  return stream;
}

std::string drain(ByteSource& source, size_t most) {
  std::string text;
  std::vector<char> buffer(most);
  while (const size_t bytes = source.read(buffer)) text.append(buffer.data(), bytes);
  return text;
}

std::string read_text(const std::string& stream, InputFormat format, size_t most_in = 1 << 20,
                      size_t most_out = 1 << 20) {
  TextReading reading;
  reading.format = format;
  reading.needs_labels = true;
  return drain(*read_as_text(memory_source(stream, most_in), reading), most_out);
}

std::string fault_of(const std::string& stream, InputFormat format) {
  return message_of(ErrorKind::kData, [&] { return read_text(stream, format); });
}

constexpr InputFormat kEncoded[] = {kJsonLines, kRecordIo, kRecordIoProtobuf, kAugmentedManifest};

TEST(TextSource, EveryFormatGivesTheSameLines) {
  for (const InputFormat format : kEncoded) {
    EXPECT_EQ(read_text(encoded(format), format), kLines);
    EXPECT_EQ(read_text(encoded(format), kAuto), kLines);
  }
}

TEST(TextSource, AnySplitIntoReadsGivesTheSameLines) {
  for (const InputFormat format : kEncoded) {
    for (const size_t most : {1, 2, 3, 5, 8, 13, 100}) {
      EXPECT_EQ(read_text(encoded(format), kAuto, most, 1 << 20), kLines);
      EXPECT_EQ(read_text(encoded(format), kAuto, 1 << 20, most), kLines);
    }
  }
  EXPECT_EQ(read_text(kLines, kAuto, 1, 1), kLines);
}

TEST(TextSource, ManyLinesComeInRuns) {
  std::string lines;
  for (int i = 0; i < 20000; ++i) lines += "__label__" + std::to_string(i % 7) + " some words\n";
  for (const InputFormat format : kEncoded) {
    EXPECT_EQ(read_text(encoded(format, lines), kAuto), lines);
  }
}

TEST(TextSource, RecordOfTextIsALineOrMore) {
  EXPECT_EQ(read_text(records({"a b", "c\nd\n", "", "e\n\nf"}), kRecordIo),
            "a b\nc\nd\n\ne\n\nf\n");
}

TEST(TextSource, RecordMayBeAWholeFile) {
  std::string file;
  for (int i = 0; i < 100000; ++i) file += "__label__a line " + std::to_string(i) + '\n';
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_EQ(read_text(records({file, mark + file}), kAuto), file + file);
  EXPECT_EQ(read_text(records({file, mark}), kAuto, 777), file + '\n');
}

TEST(TextSource, PackedRecordIsRefused) {
  EXPECT_EQ(
      fault_of(records({"text", gzip("text")}), kRecordIo),
      "memory: byte 12 (record 2): the record holds gzip or zstd data, want text; unpack what "
      "is sent");
}

TEST(TextSource, BlankJsonLinesKeepTheirNumber) {
  EXPECT_EQ(read_text("{\"source\":\"a\",\"label\":1}\n \n\n", kJsonLines), "__label__1 a\n\n\n");
  EXPECT_EQ(read_text("\xEF\xBB\xBF{\"source\":\"a\",\"label\":1}", kAuto), "__label__1 a\n");
  EXPECT_EQ(fault_of("\n{\"source\": \"a\"}\n", kJsonLines),
            "memory:2: no member \"label\"; the line has \"source\"");
}

TEST(TextSource, JsonLineOverTheLimitIsRefused) {
  const std::string start = R"({"source": ")";
  const std::string longest = start + std::string(kMaxRecordBytes - start.size() - 14, 'x');
  EXPECT_EQ(read_text(longest + "\", \"label\":1}\n", kJsonLines).size(), longest.size());
  EXPECT_EQ(fault_of(longest + std::string(20, 'x') + "\", \"label\":1}\n", kJsonLines),
            "memory:1: a line of more than 16777216 bytes; is this JSON lines?");
}

TEST(TextSource, FaultNamesByteAndRecord) {
  const std::string good = encoded(kRecordIoProtobuf, "__label__1 hello world\n");
  EXPECT_EQ(fault_of(good + records({"text"}), kRecordIoProtobuf),
            "memory: byte 52 (record 2): this is no aialgs.data.Record message; is the format "
            "recordio-protobuf?");
  EXPECT_EQ(
      fault_of(records({"text", "[1", "b", "1"}), kAugmentedManifest),
      "memory: byte 12 (record 2): label \"[1\" is no JSON, want an integer, a name, or a list "
      "of these");
}

TEST(TextSource, LinesBeforeAFaultComeFirst) {
  for (const InputFormat format : kEncoded) {
    const std::string stream = encoded(format) + "damage";
    TextReading reading;
    reading.format = format;
    const auto source = read_as_text(memory_source(stream), reading);
    std::string text(1000, ' ');
    text.resize(source->read(text));
    EXPECT_EQ(text, kLines);
    for (int i = 0; i < 2; ++i) {
      EXPECT_NE(message_of(ErrorKind::kData, [&] { return source->read(text); }), "no error");
    }
  }
}

TEST(TextSource, ManifestMustBePairsWithTheTextFirst) {
  EXPECT_EQ(fault_of(records({"a", "1", "b"}), kAugmentedManifest),
            "memory: byte 24 (record 3): a text without the record of its label behind it; "
            "AttributeNames must be two, the text and its label");
  EXPECT_EQ(fault_of(records({"1", "some text"}), kAugmentedManifest),
            "memory: byte 12 (record 2): text, and a label before it; AttributeNames must have the "
            "text first, then its label");
  EXPECT_EQ(fault_of(records({"__label__a x\n__label__b y\n", "__label__a z\n__label__b u\n"}),
                     kAugmentedManifest),
            "memory: byte 36 (record 2): several lines, want the label of the text before it; are "
            "these records plain text, not an augmented manifest?");
  EXPECT_EQ(fault_of(records({"a", "[1,\n2]\n"}), kAugmentedManifest), "no error");
}

class TextFiles : public FolderTest {
 protected:
  static TextReading automatic(int pass = 0) {
    TextReading reading;
    reading.format = kAuto;
    reading.pass = pass;
    return reading;
  }
  static std::string lines_of(const std::string& path, const TextReading& reading = automatic()) {
    LineBlockReader reader({path}, 100, nullptr, reading);
    std::string text;
    for (LineBlock block; reader.next(block);) text += block.text();
    return text;
  }
  void make_fifo(const std::string& name) const {
    ASSERT_EQ(::mkfifo(path(name).c_str(), 0600), 0);
  }
};

TEST_F(TextFiles, FormatIsToldBehindCompression) {
  for (const InputFormat format : kEncoded) {
    EXPECT_EQ(lines_of(write("a", gzip(encoded(format)))), kLines);
    EXPECT_EQ(lines_of(write("a", zstd(encoded(format)))), kLines);
  }
  EXPECT_EQ(lines_of(write("a", zstd(kLines))), kLines);
}

TEST_F(TextFiles, PipeOfAPassIsRead) {
  for (int pass = 0; pass < 3; ++pass) {
    const std::string name = "train_" + std::to_string(pass);
    make_fifo(name);
    std::thread feeder([&] { write(name, encoded(kAugmentedManifest)); });
    EXPECT_EQ(lines_of("pipe:" + path("train"), automatic(pass)), kLines);
    feeder.join();
  }
}

TEST_F(TextFiles, PipeMayBeCreatedLate) {
  std::thread feeder([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    make_fifo("late_0");
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    write("late_0", kLines);
  });
  EXPECT_EQ(lines_of("pipe:" + path("late")), kLines);
  feeder.join();
}

TEST_F(TextFiles, PipeThatDoesNotComeEndsWhenAsked) {
  make_fifo("silent_0");
  for (const char* const name : {"pipe:missing", "pipe:silent"}) {
    std::atomic<bool> stop = false;
    std::thread asker([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
      stop = true;
    });
    const std::string prefix = "pipe:" + path(std::string(name).substr(5));
    EXPECT_THROW(static_cast<void>(open_text(prefix, automatic(), &stop)), Stopped);
    asker.join();
  }
}

TEST_F(TextFiles, PipeThatNeverComesIsAnError) {
  const auto limit = std::chrono::milliseconds(1);
  EXPECT_EQ(message_of(SystemFault::kNoInput,
                       [&] { return await_pipe("pipe:" + path("x"), 3, nullptr, limit); }),
            path("x_3") + ": is not there after 0 seconds, want the FIFO of pass 3");
  EXPECT_EQ(message_of(SystemFault::kNoInput,
                       [&] { return await_pipe("pipe:" + path("none/x"), 0, nullptr); }),
            path("none/x_0") + ": cannot open, there is no such folder; want pipe:FOLDER/CHANNEL");
}

TEST_F(TextFiles, PipesAreListedAsTheyAre) {
  EXPECT_EQ(list_input_files({"pipe:" + path("x"), "-"}),
            (std::vector<std::string>{"pipe:" + path("x"), "-"}));
}

}  // namespace
}  // namespace wordfire
