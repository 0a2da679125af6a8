#include "io/text_decoders.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/error.h"
#include "io/augmented_manifest.h"
#include "io/decompress.h"
#include "io/record_message.h"
#include "io/recordio.h"

namespace wordfire {
namespace {

// Lines are made in runs of about this size, which the second-level cache holds.
constexpr size_t kRunBytes = size_t{64} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Records of text, each a line or more. A record may be a whole file, so it comes in pieces.
class RecordText : public TextDecoder {
 public:
  explicit RecordText(InputBuffer input) : reader_(std::move(input)) {}
  [[nodiscard]] const std::string& name() const override { return reader_.name(); }

  void append(std::string& lines) override {
    while (lines.size() < kRunBytes && (in_record_ || begin_record())) {
      const std::string_view piece = reader_.next_piece();
      lines += piece;
      if (!piece.empty()) ends_line_ = piece.ends_with('\n');
      in_record_ = !piece.empty();
      if (!in_record_ && !ends_line_) lines += '\n';
    }
  }

 private:
  // As a file of its own, a record may begin with a byte-order mark; what is packed is not
  // unpacked.
  bool begin_record() {
    if (!reader_.next()) return false;
    const std::string_view start = reader_.front(std::max(kByteOrderMark.size(), kMagicBytes));
    if (tell_compression(start) != Compression::kNone) {
      throw reader_.fault("the record holds gzip or zstd data, want text; unpack what is sent");
    }
    if (start.starts_with(kByteOrderMark)) reader_.pass_over(kByteOrderMark.size());
    in_record_ = true;
    ends_line_ = false;
    return true;
  }

  RecordReader reader_;
  bool in_record_ = false;
  bool ends_line_ = true;
};

// A message a record, a line each.
class RecordMessages : public TextDecoder {
 public:
  RecordMessages(InputBuffer input, std::string label_prefix)
      : reader_(std::move(input)), decoder_(std::move(label_prefix)) {}
  [[nodiscard]] const std::string& name() const override { return reader_.name(); }

  void append(std::string& lines) override {
    while (lines.size() < kRunBytes && reader_.next()) {
      if (const auto fault = decoder_.decode(reader_.payload(), lines)) throw reader_.fault(*fault);
    }
  }

 private:
  RecordReader reader_;
  RecordDecoder decoder_;
};

// A text, its label, a text, its label, ...
class ManifestRecords : public TextDecoder {
 public:
  ManifestRecords(InputBuffer input, std::string label_prefix)
      : reader_(std::move(input)), decoder_(std::move(label_prefix), true) {}
  [[nodiscard]] const std::string& name() const override { return reader_.name(); }

  void append(std::string& lines) override {
    while (lines.size() < kRunBytes && reader_.next()) {
      source_ = reader_.payload();
      if (!reader_.next()) {
        throw reader_.fault(
            "a text without the record of its label behind it; AttributeNames must be two, the "
            "text "
            "and its label");
      }
      const std::string_view label = reader_.payload();
      if (reader_.number() == 2) check_first_pair(label);
      if (const auto fault = decoder_.decode_records(source_, label, lines)) {
        throw reader_.fault(*fault);
      }
    }
  }

 private:
  // Only their order tells texts from labels; and where nobody made pairs, a record may be a file.
  void check_first_pair(std::string_view label) const {
    const size_t end = label.find_last_not_of(" \t\r\n") + 1;
    if (!label.starts_with('[') && label.substr(0, end).find('\n') != std::string_view::npos) {
      throw reader_.fault(
          "several lines, want the label of the text before it; are these records plain text, not "
          "an augmented manifest?");
    }
    if (!is_label_record(source_) || is_label_record(label)) return;
    throw reader_.fault(
        "text, and a label before it; AttributeNames must have the text first, then its label");
  }

  RecordReader reader_;
  ManifestDecoder decoder_;
  std::string source_;
};

// An object a line.
class JsonLines : public TextDecoder {
 public:
  JsonLines(InputBuffer input, std::string label_prefix, bool needs_labels)
      : input_(std::move(input)), decoder_(std::move(label_prefix), needs_labels) {
    static_assert(InputBuffer::kSlack >= ManifestDecoder::kPadding);
    if (input_.peek(kByteOrderMark.size()).starts_with(kByteOrderMark)) {
      input_.take(kByteOrderMark.size());
    }
  }
  [[nodiscard]] const std::string& name() const override { return input_.name(); }

  void append(std::string& lines) override {
    while (lines.size() < kRunBytes) {
      const std::string_view line = next_line();
      if (line.empty()) return;
      if (line.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        lines += '\n';
      } else if (const auto fault = decoder_.decode_line(line, lines)) {
        throw Error::data(fmt::format("{}:{}: {}", name(), number_, fault->what));
      }
    }
  }

 private:
  // With its end; empty behind the last line.
  std::string_view next_line() {
    size_t searched = 0;
    std::string_view bytes = input_.peek(1);
    size_t end = bytes.find('\n');
    while (end == std::string_view::npos && bytes.size() > searched) {
      check_length(bytes.size());
      searched = bytes.size();
      bytes = input_.peek(searched + 1);
      end = bytes.find('\n', searched);
    }
    const std::string_view line = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
    check_length(line.size());
    input_.take(line.size());
    ++number_;
    return line;
  }

  void check_length(size_t bytes) const {
    if (bytes <= kMaxRecordBytes) return;  // to read JSON takes many times its size
    throw Error::data(fmt::format("{}:{}: a line of more than {} bytes; is this JSON lines?",
                                  name(), number_ + 1, kMaxRecordBytes));
  }

  InputBuffer input_;
  ManifestDecoder decoder_;
  int64_t number_ = 0;
};

}  // namespace

std::unique_ptr<TextDecoder> make_text_decoder(InputFormat format, InputBuffer input,
                                               std::string label_prefix, bool needs_labels) {
  switch (format) {
    case InputFormat::kJsonLines:
      return std::make_unique<JsonLines>(std::move(input), std::move(label_prefix), needs_labels);
    case InputFormat::kRecordIoProtobuf:
      return std::make_unique<RecordMessages>(std::move(input), std::move(label_prefix));
    case InputFormat::kAugmentedManifest:
      return std::make_unique<ManifestRecords>(std::move(input), std::move(label_prefix));
    default:
      return std::make_unique<RecordText>(std::move(input));
  }
}

}  // namespace wordfire
