#include "io/text_share.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "io/file_descriptor.h"
#include "io/pipe_path.h"

namespace wordfire {
namespace {

// Size of a regular file; nothing for anything else.
std::optional<int64_t> regular_size(const std::string& path) {
  struct stat status {};
  if (path == "-" || is_pipe_path(path) || ::stat(path.c_str(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return status.st_size;
}

class RangeSource final : public ByteSource {
 public:
  RangeSource(const std::string& path, const ByteRange& range)
      : name_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (!fd_.is_open()) {
      throw Error::no_input(path + ": cannot open (" + std::strerror(errno) + ")");
    }
    at_ = line_start(range.begin);
    end_ = line_start(range.end);
    ::posix_fadvise(fd_.get(), at_, end_ - at_, POSIX_FADV_SEQUENTIAL);
  }

  [[nodiscard]] size_t read(std::span<char> buffer) override {
    const auto most = static_cast<size_t>(std::max<int64_t>(end_ - at_, 0));
    const size_t got = read_at(at_, buffer.first(std::min(buffer.size(), most)));
    at_ += static_cast<int64_t>(got);
    return got;
  }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  size_t read_at(int64_t offset, std::span<char> buffer) const {
    if (buffer.empty()) return 0;
    for (;;) {
      const ssize_t got = ::pread(fd_.get(), buffer.data(), buffer.size(), offset);
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) {
        throw Error::io(name_ + ": reading failed (" + std::strerror(errno) + ")");
      }
    }
  }

  // The first place at `offset` or behind it where a line begins, or the end of the file.
  [[nodiscard]] int64_t line_start(int64_t offset) const {
    if (offset == 0) return 0;
    std::array<char, size_t{64} << 10> bytes{};
    for (int64_t at = offset - 1;;) {
      const size_t got = read_at(at, bytes);
      const size_t newline = std::string_view(bytes.data(), got).find('\n');
      if (newline != std::string_view::npos) return at + static_cast<int64_t>(newline) + 1;
      at += static_cast<int64_t>(got);
      if (got == 0) return at;
    }
  }

  std::string name_;
  FileDescriptor fd_;
  int64_t at_ = 0;
  int64_t end_ = 0;
};

class FullReads final : public ByteSource {
 public:
  explicit FullReads(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
  [[nodiscard]] size_t read(std::span<char> buffer) override {
    size_t size = 0;
    while (size < buffer.size()) {
      const size_t got = source_->read(buffer.subspan(size));
      if (got == 0) break;
      size += got;
    }
    return size;
  }
  [[nodiscard]] const std::string& name() const override { return source_->name(); }

 private:
  std::unique_ptr<ByteSource> source_;
};

}  // namespace

std::optional<std::vector<ByteRange>> cut_files(const std::vector<std::string>& paths,
                                                const TextReading& reading) {
  std::vector<ByteRange> ranges;
  int64_t all = 0;
  for (const std::string& path : paths) {
    const std::optional<int64_t> size = regular_size(path);
    if (!size || !is_plain_text(path, reading)) return std::nullopt;
    ranges.push_back({all, all + *size});
    all += *size;
  }
  const auto border = [&](int share) {
    return static_cast<int64_t>(static_cast<__int128>(all) * share / reading.shares);
  };
  const int64_t begin = border(reading.share);
  const int64_t end = border(reading.share + 1);
  for (ByteRange& range : ranges) {
    const ByteRange whole = range;
    range.begin = std::clamp(begin, whole.begin, whole.end) - whole.begin;
    range.end = std::clamp(end, whole.begin, whole.end) - whole.begin;
  }
  return ranges;
}

std::unique_ptr<ByteSource> open_range(const std::string& path, const ByteRange& range) {
  return std::make_unique<RangeSource>(path, range);
}

std::unique_ptr<ByteSource> fill_reads(std::unique_ptr<ByteSource> source) {
  return std::make_unique<FullReads>(std::move(source));
}

}  // namespace wordfire
