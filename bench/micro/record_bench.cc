// RecordIO and what its records hold, from bytes to lines of training text, on one core. Each first
// compares its answer with what was written.
#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "core/rng.h"
#include "io/recordio.h"
#include "io/text_encoder.h"
#include "io/text_source.h"

namespace wordfire {
namespace {

constexpr size_t kTextBytes = size_t{16} << 20;

// Bytes in memory, as a file in the page cache is read.
class BytesInMemory : public ByteSource {
 public:
  explicit BytesInMemory(std::string_view bytes) : left_(bytes) {}
  [[nodiscard]] size_t read(std::span<char> buffer) override {
    const size_t count = std::min(buffer.size(), left_.size());
    std::memcpy(buffer.data(), left_.data(), count);
    left_.remove_prefix(count);
    return count;
  }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  std::string_view left_;
  std::string name_ = "memory";
};

// Labelled lines of `words` words.
std::string make_lines(int64_t words) {
  Rng rng(7);
  std::string lines;
  while (lines.size() < kTextBytes) {
    lines += "__label__" + std::to_string(rng.below(14));
    for (int64_t i = 0; i < words; ++i) lines += " word" + std::to_string(rng.below(1000));
    lines += '\n';
  }
  return lines;
}

std::string encode(const std::string& lines, InputFormat format) {
  TextEncoder encoder(format, "__label__");
  std::string stream;
  for (std::string_view rest = lines; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    encoder.append(line, stream);
    rest.remove_prefix(line.size() + 1);
  }
  return stream;
}

// The lines of a stream; counts their bytes, and keeps them if `kept` is not null.
size_t read_lines(const std::string& stream, InputFormat format, std::string* kept) {
  TextReading reading;
  reading.format = format;
  const auto source = read_as_text(std::make_unique<BytesInMemory>(stream), reading);
  std::vector<char> buffer(size_t{256} << 10);
  size_t total = 0;
  while (const size_t bytes = source->read(buffer)) {
    total += bytes;
    if (kept != nullptr) kept->append(buffer.data(), bytes);
  }
  return total;
}

// range(0): the format; range(1): words a line.
void lines_of_format(benchmark::State& state) {
  const auto format = static_cast<InputFormat>(state.range(0));
  const std::string lines = make_lines(state.range(1));
  const std::string stream = encode(lines, format);
  std::string read;
  read_lines(stream, format, &read);
  if (read != lines) return state.SkipWithError("the lines differ from those that were written");
  for (auto _ : state) benchmark::DoNotOptimize(read_lines(stream, format, nullptr));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(stream.size()));
}
constexpr auto kRecordIo = static_cast<int64_t>(InputFormat::kRecordIo);
constexpr auto kMessages = static_cast<int64_t>(InputFormat::kRecordIoProtobuf);
constexpr auto kManifest = static_cast<int64_t>(InputFormat::kAugmentedManifest);
constexpr auto kJsonLines = static_cast<int64_t>(InputFormat::kJsonLines);
BENCHMARK(lines_of_format)
    ->ArgNames({"format", "words"})
    ->ArgsProduct({{kRecordIo, kMessages, kManifest, kJsonLines}, {5, 50}});

// Framing alone: each payload is looked at.
void records(benchmark::State& state) {
  const std::string stream = encode(make_lines(state.range(0)), InputFormat::kRecordIo);
  for (auto _ : state) {
    RecordReader reader(std::make_unique<BytesInMemory>(stream));
    size_t bytes = 0;
    while (reader.next()) bytes += reader.payload().size();
    benchmark::DoNotOptimize(bytes);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(stream.size()));
}
BENCHMARK(records)->ArgName("words")->Arg(5)->Arg(50);

}  // namespace
}  // namespace wordfire
