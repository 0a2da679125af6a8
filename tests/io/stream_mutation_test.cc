// Streams of every format with seeded damage, inside fields too: each gives lines, or is refused in
// one line that names its place. Nothing else may happen: no signal, no hang, no memory out of
// proportion. WORDFIRE_LONG gives 10,000 mutants a format.
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "io/recordio.h"
#include "io/text_encoder.h"
#include "io/text_source.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/memory_source.h"
#include "tests/io/peak_memory.h"
#include "tests/reference/plain_recordio.h"

namespace wordfire {
namespace {

using enum InputFormat;
using Clock = std::chrono::steady_clock;

int mutants_per_format() { return std::getenv("WORDFIRE_LONG") != nullptr ? 10000 : 300; }

std::string sample_stream(InputFormat format) {
  TextEncoder encoder(format, "__label__");
  std::string stream;
  for (int i = 0; i < 40; ++i) {
    const std::string words = " word" + std::to_string(i * i) + " and some more, \"quoted\"";
    encoder.append("__label__" + std::to_string(i % 5) + words, stream);
    encoder.append("__label__name __label__2" + words, stream);
  }
  return stream;
}

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  std::string mutate(std::string stream) {
    for (size_t damages = 1 + below(3); damages > 0 && !stream.empty(); --damages) damage(stream);
    return stream;
  }

  // Damage inside the payload of one record, whose framing stays right.
  std::string mutate_inside(const std::string& stream) {
    std::vector<std::string> payloads = plain_records(stream).payloads;
    std::string& payload = payloads[below(payloads.size())];
    if (!payload.empty()) payload = mutate(payload);
    std::string mutant;
    for (const std::string& kept : payloads) append_record(kept, mutant);
    return mutant;
  }

 private:
  size_t below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }

  void damage(std::string& stream) {
    const size_t at = below(stream.size());
    switch (below(6)) {
      case 0:
        stream.resize(at);
        break;
      case 1:
        stream[at] ^= static_cast<char>(1 << below(8));
        break;
      case 2:
        stream[at] = static_cast<char>(below(256));
        break;
      case 3:
        stream.erase(at, 1 + below(20));
        break;
      case 4:
        stream.insert(at, pieces_[below(std::size(pieces_))]);
        break;
      default:
        stream.replace(at, std::min<size_t>(4, stream.size() - at), pieces_[below(3)]);
    }
  }

  // Lengths, magic, what is special in each format.
  const std::string pieces_[11] = {std::string(kRecordMagic),
                                   std::string("\xFF\xFF\xFF\x1F"),
                                   std::string("\0\0\0\x20", 4),
                                   std::string("\0\0\0\x40", 4),
                                   std::string("\0\0\0\x60", 4),
                                   std::string(10, '\xFF'),
                                   std::string(50, '['),
                                   std::string("\x0B\x0B\x0B"),
                                   "\\u0000",
                                   "1e999",
                                   "\n"};
  std::mt19937_64 random_;
};

struct Reading {
  std::string lines;
  std::string fault;
};

Reading read_stream(const std::string& stream, InputFormat format, size_t most) {
  TextReading text_reading;
  text_reading.format = format;
  Reading reading;
  std::vector<char> buffer(most);
  const auto error = error_of([&] {
    const auto source = read_as_text(memory_source(stream, most), text_reading);
    while (const size_t bytes = source->read(buffer)) reading.lines.append(buffer.data(), bytes);
    return 0;
  });
  if (!error) return reading;
  EXPECT_EQ(error->kind(), ErrorKind::kData) << error->what();
  reading.fault = error->what();
  return reading;
}

class StreamMutation : public testing::TestWithParam<InputFormat> {
 protected:
  static void check(const std::string& mutant, InputFormat format) {
    const auto begin = Clock::now();
    const Reading whole = read_stream(mutant, format, size_t{1} << 20);
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(2));
    EXPECT_EQ(whole.fault.find('\n'), std::string::npos);
    const bool named = whole.fault.starts_with("memory:") || whole.fault.empty();
    EXPECT_TRUE(named) << whole.fault;
    const Reading pieces = read_stream(mutant, format, 7);
    EXPECT_EQ(pieces.lines, whole.lines);
    EXPECT_EQ(pieces.fault, whole.fault);
  }
  static void check_framing(const std::string& mutant) {
    const PlainRecords plain = plain_records(mutant);
    RecordReader reader(memory_source(mutant));
    std::vector<std::string> payloads;
    const auto error = error_of([&] {
      while (reader.next()) payloads.emplace_back(reader.payload());
      return 0;
    });
    EXPECT_EQ(payloads, plain.payloads);
    EXPECT_EQ(error.has_value(), plain.damaged);
  }
};

TEST_P(StreamMutation, IsReadOrRefused) {
  const std::string stream = sample_stream(GetParam());
  Mutator mutator(11);
  const int64_t before = peak_bytes();
  for (int i = 0; i < mutants_per_format(); ++i) {
    const std::string mutant = mutator.mutate(stream);
    for (const InputFormat format : {GetParam(), kAuto}) check(mutant, format);
    if (GetParam() != kJsonLines) check_framing(mutant);
  }
  if (!kMemoryCanBeMeasured) return;
  EXPECT_LE(peak_bytes() - before, int64_t{64} << 20);
}

TEST_P(StreamMutation, InsideARecordIsReadOrRefused) {
  if (GetParam() == kJsonLines) return;
  const std::string stream = sample_stream(GetParam());
  Mutator mutator(12);
  for (int i = 0; i < mutants_per_format(); ++i) {
    check(mutator.mutate_inside(stream), GetParam());
  }
}

std::string name_of(const testing::TestParamInfo<InputFormat>& format) {
  constexpr const char* kNames[] = {"Auto",     "Text",     "JsonLines",
                                    "RecordIo", "Protobuf", "AugmentedManifest"};
  return kNames[static_cast<size_t>(format.param)];
}

INSTANTIATE_TEST_SUITE_P(Formats, StreamMutation,
                         testing::Values(kJsonLines, kRecordIo, kRecordIoProtobuf,
                                         kAugmentedManifest),
                         name_of);

}  // namespace
}  // namespace wordfire
