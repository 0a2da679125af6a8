#include "io/decompress.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"

namespace wordfire {
namespace {

constexpr size_t kInputBytes = size_t{256} << 10;

constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
// Of zstd's skippable frames, with which parallel compressors begin. The low half of the first byte
// may be anything.
constexpr std::string_view kSkippableMagic = "\x50\x2A\x4D\x18";

std::string without_frame_kind(std::string_view head) {
  std::string magic(head);
  if (!magic.empty()) magic[0] = static_cast<char>(magic[0] & 0xF0);
  return magic;
}

// Compressed bytes, a buffer at a time.
class CompressedInput {
 public:
  CompressedInput(std::unique_ptr<ByteSource> source, std::string_view format)
      : source_(std::move(source)), format_(format), buffer_(kInputBytes) {}

  // The bytes not yet used; reads more when there are none. Empty at the end of the source.
  [[nodiscard]] std::span<const char> bytes() {
    if (left_.empty() && !at_end_) {
      left_ = std::span(buffer_).first(source_->read(buffer_));
      at_end_ = left_.empty();
    }
    return left_;
  }
  void use(size_t bytes) {
    left_ = left_.subspan(bytes);
    used_ += static_cast<int64_t>(bytes);
  }
  [[nodiscard]] const std::string& name() const { return source_->name(); }

  [[noreturn]] void damaged(std::string_view reason) const {
    throw Error::data(
        fmt::format("{}: {} data is damaged at or before byte {} ({}); copy or make the file anew",
                    name(), format_, used_, reason));
  }
  [[noreturn]] void cut_short() const {
    throw Error::data(
        fmt::format("{}: {} data ends at byte {}, in the middle; copy or make the file anew",
                    name(), format_, used_));
  }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string_view format_;
  std::vector<char> buffer_;
  std::span<const char> left_;
  bool at_end_ = false;
  int64_t used_ = 0;
};

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> source) : input_(std::move(source), "gzip") {
    constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, gzip framing
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  [[nodiscard]] const std::string& name() const override { return input_.name(); }

  [[nodiscard]] size_t read(std::span<char> buffer) override {
    buffer = buffer.first(std::min<size_t>(buffer.size(), std::numeric_limits<uInt>::max()));
    while (!buffer.empty() && (in_member_ || next_member())) {
      const size_t bytes = inflate_some(buffer);
      if (bytes > 0) return bytes;
    }
    return 0;
  }

 private:
  // Zeros behind the last member are padding, as on tapes.
  bool next_member() {
    while (!input_.bytes().empty() && input_.bytes().front() == '\0') input_.use(1);
    if (input_.bytes().empty()) return false;
    inflateReset(&stream_);
    in_member_ = true;
    return true;
  }

  size_t inflate_some(std::span<char> buffer) {
    const std::span<const char> bytes = input_.bytes();
    stream_.next_in = reinterpret_cast<z_const Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(buffer.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    input_.use(bytes.size() - stream_.avail_in);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    const size_t made = buffer.size() - stream_.avail_out;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      if (made > 0) return made;  // zlib says it again
      input_.damaged(stream_.msg != nullptr ? stream_.msg : zError(status));
    }
    if (status == Z_STREAM_END) in_member_ = false;
    if (in_member_ && made == 0 && bytes.empty()) input_.cut_short();
    return made;
  }

  CompressedInput input_;
  z_stream stream_{};
  bool in_member_ = true;
};

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(std::unique_ptr<ByteSource> source)
      : input_(std::move(source), "zstd"), context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
  }

  [[nodiscard]] const std::string& name() const override { return input_.name(); }

  [[nodiscard]] size_t read(std::span<char> buffer) override {
    while (!buffer.empty() && (in_frame_ || !input_.bytes().empty())) {
      const size_t bytes = decompress_some(buffer);
      if (bytes > 0) return bytes;
    }
    return 0;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  size_t decompress_some(std::span<char> buffer) {
    const std::span<const char> bytes = input_.bytes();
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    const size_t status = ZSTD_decompressStream(context_.get(), &out, &in);
    input_.use(in.pos);
    if (ZSTD_isError(status) != 0) input_.damaged(ZSTD_getErrorName(status));
    in_frame_ = status != 0;
    if (in_frame_ && out.pos == 0 && bytes.empty()) input_.cut_short();
    return out.pos;
  }

  CompressedInput input_;
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool in_frame_ = true;
};

}  // namespace

bool may_be_compressed(std::string_view head) {
  return kGzipMagic.starts_with(head) || kZstdMagic.starts_with(head) ||
         kSkippableMagic.starts_with(without_frame_kind(head));
}

Compression tell_compression(std::string_view head) {
  if (head.starts_with(kGzipMagic)) return Compression::kGzip;
  if (head.starts_with(kZstdMagic)) return Compression::kZstd;
  if (without_frame_kind(head).starts_with(kSkippableMagic)) return Compression::kZstd;
  return Compression::kNone;
}

std::unique_ptr<ByteSource> decompress(std::unique_ptr<ByteSource> source,
                                       Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return source;
    case Compression::kGzip:
      return std::make_unique<GzipSource>(std::move(source));
    case Compression::kZstd:
      return std::make_unique<ZstdSource>(std::move(source));
  }
  return source;
}

}  // namespace wordfire
