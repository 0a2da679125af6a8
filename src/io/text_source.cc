#include "io/text_source.h"

#include <array>
#include <cstring>
#include <exception>
#include <fstream>
#include <utility>

#include "core/error.h"
#include "io/decompress.h"
#include "io/input_format.h"
#include "io/pipe_path.h"
#include "io/text_decoders.h"

namespace wordfire {
namespace {

// Lines in the order of a decoder. What is wrong is told when the lines before it were read.
class DecodedText : public ByteSource {
 public:
  explicit DecodedText(std::unique_ptr<TextDecoder> decoder) : decoder_(std::move(decoder)) {}

  [[nodiscard]] size_t read(std::span<char> buffer) override {
    if (at_ == lines_.size()) decode();
    const size_t count = std::min(buffer.size(), lines_.size() - at_);
    std::memcpy(buffer.data(), lines_.data() + at_, count);
    at_ += count;
    return count;
  }
  [[nodiscard]] const std::string& name() const override { return decoder_->name(); }

 private:
  void decode() {
    if (failure_) std::rethrow_exception(failure_);
    lines_.clear();
    at_ = 0;
    try {
      decoder_->append(lines_);
    } catch (const Error&) {
      failure_ = std::current_exception();
      if (lines_.empty()) throw;
    }
  }

  std::unique_ptr<TextDecoder> decoder_;
  std::string lines_;
  size_t at_ = 0;  // in lines_
  std::exception_ptr failure_;
};

// A source whose first bytes were looked at.
class BufferedText : public ByteSource {
 public:
  explicit BufferedText(InputBuffer input) : input_(std::move(input)) {}
  [[nodiscard]] size_t read(std::span<char> buffer) override { return input_.read(buffer); }
  [[nodiscard]] bool would_wait() const override { return input_.would_wait(); }
  [[nodiscard]] const std::string& name() const override { return input_.name(); }

 private:
  InputBuffer input_;
};

InputFormat tell_format(InputBuffer& input, const TextReading& reading) {
  std::string_view head = input.peek(1);
  for (bool at_end = head.empty();;) {
    const auto format = tell_input_format(head, at_end, input.name(), reading.label_prefix);
    if (format) return *format;
    const size_t before = head.size();
    head = input.peek(before + 1);
    at_end = head.size() == before || head.size() >= kMostHeadBytes;
  }
}

}  // namespace

bool is_plain_text(const std::string& path, const TextReading& reading) {
  std::array<char, kMagicBytes> magic{};
  std::ifstream file(path, std::ios::binary);
  file.read(magic.data(), magic.size());
  const std::string_view head(magic.data(), static_cast<size_t>(file.gcount()));
  if (tell_compression(head) != Compression::kNone) return false;
  if (reading.format != InputFormat::kAuto) return reading.format == InputFormat::kText;
  InputBuffer input(open_source(path));
  return tell_format(input, reading) == InputFormat::kText;
}

std::unique_ptr<ByteSource> read_as_text(std::unique_ptr<ByteSource> source,
                                         const TextReading& reading) {
  if (reading.format == InputFormat::kText) return source;
  InputBuffer input(std::move(source));
  const InputFormat format =
      reading.format == InputFormat::kAuto ? tell_format(input, reading) : reading.format;
  if (format == InputFormat::kText) return std::make_unique<BufferedText>(std::move(input));
  return std::make_unique<DecodedText>(
      make_text_decoder(format, std::move(input), reading.label_prefix, reading.needs_labels));
}

std::unique_ptr<ByteSource> open_text(const std::string& path, const TextReading& reading,
                                      const std::atomic<bool>* stop) {
  const std::string file = is_pipe_path(path) ? await_pipe(path, reading.pass, stop) : path;
  return read_as_text(open_source(file, stop), reading);
}

}  // namespace wordfire
