#include "convert_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "io/atomic_file.h"
#include "io/byte_source.h"
#include "io/line_blocks.h"
#include "io/overwriting.h"
#include "io/text_encoder.h"
#include "standard_streams.h"

namespace wordfire {
namespace {

constexpr std::string_view kStandardOutput = "-";

// Where converted lines go.
class Destination {
 public:
  explicit Destination(const std::string& path) {
    if (path != kStandardOutput) file_.emplace(path);
  }
  void write(std::string_view bytes) {
    if (file_) return file_->write(bytes);
    write_stdout(bytes);
  }
  void commit() {
    if (file_) file_->commit();
  }

 private:
  std::optional<AtomicFile> file_;
};

// The lines of a block; returns how many they are. number: of the file's lines before them.
int64_t encode_block(std::string_view text, const std::string& file, int64_t number,
                     TextEncoder& encoder, std::string& out) {
  int64_t lines = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    ++lines;
    try {
      encoder.append(line, out);
    } catch (const Error& error) {
      throw Error(error.kind(), fmt::format("{}:{}: {}", file == "-" ? "standard input" : file,
                                            number + lines, error.what()));
    }
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return lines;
}

}  // namespace

int64_t convert_text(const TextConversion& conversion) {
  const std::vector<std::string> files = list_input_files({conversion.input});
  if (conversion.output != kStandardOutput) {
    refuse_overwriting(files, std::vector{conversion.output});
  }
  TextReading reading;
  reading.format = conversion.from;
  reading.label_prefix = conversion.label_prefix;
  LineBlockReader reader(files, size_t{1} << 20, nullptr, reading);
  Destination destination(conversion.output);
  TextEncoder encoder(conversion.to, conversion.label_prefix);
  std::vector<int64_t> lines(files.size());
  std::string out;
  for (LineBlock block; reader.next(block);) {
    out.clear();
    int64_t& number = lines[block.file];
    number += encode_block(block.text(), files[block.file], number, encoder, out);
    destination.write(out);
  }
  destination.commit();
  int64_t total = 0;
  for (const int64_t number : lines) total += number;
  return total;
}

}  // namespace wordfire
