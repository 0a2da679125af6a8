#include "io/byte_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/error.h"
#include "core/stopped.h"
#include "io/decompress.h"
#include "io/file_descriptor.h"
#include "io/pipe_path.h"
#include "io/recipe.h"

namespace wordfire {
namespace {

// The bytes of a file as they are. Looks ahead over its first bytes, so that a pipe works too, but
// no further than needed: whoever writes to the pipe may wait for an answer to a short line.
class FileSource : public ByteSource {
 public:
  FileSource(FileDescriptor owned, int fd, std::string name, const std::atomic<bool>* stop)
      : owned_(std::move(owned)), fd_(fd), name_(std::move(name)), stop_(stop) {
    struct stat status {};
    can_wait_ = ::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode);
    while (head_size_ < head_.size() && may_be_compressed(head())) {
      const size_t bytes = read_some(std::span(head_).subspan(head_size_));
      if (bytes == 0) break;
      head_size_ += bytes;
    }
  }

  [[nodiscard]] std::string_view head() const { return {head_.data(), head_size_}; }

  [[nodiscard]] size_t read(std::span<char> buffer) override {
    if (head_begin_ == head_size_) return read_some(buffer);
    const size_t bytes = std::min(buffer.size(), head_size_ - head_begin_);
    std::memcpy(buffer.data(), head_.data() + head_begin_, bytes);
    head_begin_ += bytes;
    return bytes;
  }

  [[nodiscard]] bool would_wait() const override {
    pollfd readable{fd_, POLLIN, 0};
    return head_begin_ == head_size_ && ::poll(&readable, 1, 0) == 0;
  }

  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  size_t read_some(std::span<char> buffer) const {
    for (;;) {
      if (can_wait_) wait();
      const ssize_t bytes = ::read(fd_, buffer.data(), buffer.size());
      if (bytes >= 0) return static_cast<size_t>(bytes);
      if (errno != EINTR && errno != EAGAIN)
        throw Error::io(name_ + ": reading failed (" + std::strerror(errno) + ")");
    }
  }

  // Waits for bytes, or for the end of the stream. A FIFO that nobody has opened for writing yet
  // has neither. A signal need not arrive at this thread, so `stop` is looked at now and then.
  void wait() const {
    constexpr int kMilliseconds = 100;
    pollfd readable{fd_, POLLIN, 0};
    int ready = 0;
    while (ready == 0 || (ready < 0 && errno == EINTR)) {
      if (stop_ != nullptr) throw_if(*stop_);
      ready = ::poll(&readable, 1, kMilliseconds);
    }
  }

  FileDescriptor owned_;  // closed at the end; not open for standard input
  int fd_;
  std::string name_;
  const std::atomic<bool>* stop_;
  bool can_wait_ = false;  // no regular file
  std::array<char, kMagicBytes> head_{};
  size_t head_size_ = 0;
  size_t head_begin_ = 0;
};

void refuse_directory(int fd, const std::string& name) {
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    throw Error::no_input(name + ": is a directory, want a file");
  }
}

std::unique_ptr<FileSource> open_file(const std::string& path, const std::atomic<bool>* stop) {
  if (path == "-") {
    const std::string name = "standard input";
    refuse_directory(STDIN_FILENO, name);
    return std::make_unique<FileSource>(FileDescriptor(), STDIN_FILENO, name, stop);
  }
  // O_NONBLOCK: a FIFO opens at once; FileSource waits for its writer.
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.is_open()) throw Error::no_input(path + ": cannot open (" + std::strerror(errno) + ")");
  refuse_directory(fd.get(), path);
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);  // read ahead further
  const int number = fd.get();
  return std::make_unique<FileSource>(std::move(fd), number, path, stop);
}

void append_directory(const std::string& path, std::vector<std::string>& files) {
  std::error_code failure;
  const size_t before = files.size();
  for (std::filesystem::directory_iterator entry(path, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code ignored;  // a link that leads nowhere is no regular file
    const std::string name = entry->path().filename().native();
    const bool text = !name.starts_with('.') && name != kRecipeFile;
    if (text && entry->is_regular_file(ignored)) files.push_back(entry->path().native());
  }
  if (failure) {
    throw Error::no_input(path + ": cannot read the directory (" + failure.message() + ")");
  }
  if (files.size() == before) {
    throw Error::no_input(path + ": no files in this directory, want at least one");
  }
  std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
}

}  // namespace

std::unique_ptr<ByteSource> open_source(const std::string& path, const std::atomic<bool>* stop) {
  auto file = open_file(path, stop);
  const Compression compression = tell_compression(file->head());
  return decompress(std::move(file), compression);
}

bool can_be_read_again(const std::string& path) {
  if (is_pipe_path(path)) return true;
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

std::vector<std::string> list_input_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (is_pipe_path(path)) {
      files.push_back(path);
      continue;
    }
    struct stat status {};
    if (path != "-" && ::stat(path.c_str(), &status) != 0) {
      throw Error::no_input(path + ": cannot open (" + std::strerror(errno) + ")");
    }
    if (path != "-" && S_ISDIR(status.st_mode)) {
      append_directory(path, files);
    } else {
      files.push_back(path);
    }
  }
  return files;
}

}  // namespace wordfire
