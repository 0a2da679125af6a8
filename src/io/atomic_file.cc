#include "io/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/error.h"
#include "core/stopped.h"

namespace wordfire {
namespace {

// Also the size from which bytes are not copied into the buffer.
constexpr size_t kBufferBytes = size_t{1} << 20;

// Where a link leads, whether something is there or not.
std::string follow_links(const std::string& path) {
  constexpr int kMostLinks = 40;  // as the kernel follows
  std::filesystem::path at = path;
  std::error_code failure;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(at, failure); ++i) {
    const std::filesystem::path next = std::filesystem::read_symlink(at, failure);
    if (failure) break;
    at = at.parent_path() / next;  // `next` alone if it is absolute
  }
  return at.native();
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

[[noreturn]] void refuse(const std::string& path, std::string_view reason) {
  throw Error::cannot_create(fmt::format("{}: cannot create this file ({})", path, reason));
}

// Replacing a device or a pipe by a file would destroy it.
void check_target(const std::string& path) {
  if (path.empty() || path.back() == '/') refuse(path, "it has no name");
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) refuse(path, std::strerror(errno));
    return;
  }
  if (S_ISDIR(status.st_mode)) refuse(path, "it is a directory");
  if (!S_ISREG(status.st_mode)) refuse(path, "there is something that is not a regular file");
}

// What /proc calls an open file.
std::string path_of_descriptor(int fd) { return fmt::format("/proc/self/fd/{}", fd); }

// Calls make(name) with names in the folder of `path` until it is done or fails for another reason
// than that the name is taken (by a process that was killed, say); returns the name, or nothing
// with errno set. Names are short, whatever that of `path` is, and hidden, so that nobody reads the
// files as input.
template <typename Make>
std::string with_free_name(const std::string& path, std::string_view ending, Make make) {
  constexpr int kMostTries = 1000;
  int error = EEXIST;
  for (int i = 0; i < kMostTries && error == EEXIST; ++i) {
    std::string name = fmt::format("{}/.wordfire-{}-{}{}", folder_of(path), ::getpid(), i, ending);
    if (make(name.c_str())) return name;
    error = errno;
  }
  errno = error;
  return {};
}

// 0, or the error number.
int sync_folder(const std::string& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open()) return errno;
  // Some file systems cannot synchronise folders, and say so with EINVAL.
  return ::fsync(fd.get()) != 0 && errno != EINVAL ? errno : 0;
}

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), target_(follow_links(path_)) {
  check_target(target_);
  buffer_.reserve(kBufferBytes);
  create_unnamed();
  if (!fd_.is_open()) create_named();
  keep_mode();
}

AtomicFile::~AtomicFile() {
  if (!committed_ && !temporary_.empty()) ::unlink(temporary_.c_str());
}

// Leaves fd_ closed where there are no unnamed files, or no way to name them later.
void AtomicFile::create_unnamed() {
  const std::string folder = folder_of(target_) + '/';
  fd_ = FileDescriptor(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644));
  if (!fd_.is_open()) {
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
      refuse(path_, std::strerror(errno));
    }
    return;
  }
  if (::access(path_of_descriptor(fd_.get()).c_str(), F_OK) != 0) fd_ = FileDescriptor();
}

void AtomicFile::create_named() {
  temporary_ = with_free_name(target_, ".tmp", [&](const char* name) {
    fd_ = FileDescriptor(::open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    return fd_.is_open();
  });
  if (temporary_.empty()) refuse(path_, std::strerror(errno));
}

// A model that others may not read stays so. Where modes cannot be set they mean nothing.
void AtomicFile::keep_mode() const {
  constexpr mode_t kPermissions = 0777;
  struct stat older {};
  if (::stat(target_.c_str(), &older) != 0) return;
  (void)::fchmod(fd_.get(), older.st_mode & kPermissions);
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  checksum_.add(bytes);
  bytes_written_ += static_cast<int64_t>(bytes.size());
  if (buffer_.size() + bytes.size() > kBufferBytes) flush();
  if (bytes.size() >= kBufferBytes) {
    write_through(bytes);
  } else {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
}

void AtomicFile::flush() {
  write_through(buffer_);
  buffer_.clear();
}

void AtomicFile::write_through(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("writing", written < 0 ? errno : ENOSPC);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

void AtomicFile::commit() {
  AtomicFile* const self = this;
  commit_all({&self, 1});
}

void AtomicFile::commit_all(std::span<AtomicFile* const> files, const std::atomic<bool>* stop) {
  for (AtomicFile* file : files) {
    file->finish();
    if (stop != nullptr) throw_if(*stop);
  }
  try {
    for (AtomicFile* file : files) file->publish();
    for (AtomicFile* file : files) {
      const int error = sync_folder(folder_of(file->target_));
      if (error != 0) file->fail("writing the folder to the disk", error);
    }
  } catch (...) {
    for (AtomicFile* file : files) file->take_back();
    throw;
  }
  for (AtomicFile* file : files) file->drop_older();
}

// Everything to the disk, still without its name.
void AtomicFile::finish() {
  flush();
  if (::fsync(fd_.get()) != 0) fail("writing to the disk", errno);
  if (!temporary_.empty() && fd_.close() != 0) fail("closing", errno);
}

// A name is needed first: a link cannot replace a file, a new name can.
void AtomicFile::give_temporary_name() {
  const std::string unnamed = path_of_descriptor(fd_.get());
  temporary_ = with_free_name(target_, ".tmp", [&](const char* name) {
    return ::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
  });
  if (temporary_.empty()) fail("naming", errno);
}

void AtomicFile::publish() {
  older_ = with_free_name(target_, ".old",
                          [&](const char* name) { return ::link(target_.c_str(), name) == 0; });
  has_older_ = !older_.empty();
  is_first_ = !has_older_ && errno == ENOENT;
  if (temporary_.empty()) give_temporary_name();
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("renaming", errno);
  committed_ = true;
}

// Undoes publish(), as far as it came. Where there can be no second names, the newer file stays.
void AtomicFile::take_back() noexcept {
  if (committed_ && has_older_ && ::rename(older_.c_str(), target_.c_str()) == 0) return;
  if (committed_ && is_first_) ::unlink(target_.c_str());
  drop_older();
}

void AtomicFile::drop_older() noexcept {
  if (has_older_) ::unlink(older_.c_str());
}

void AtomicFile::fail(std::string_view step, int error) const {
  throw Error::io(fmt::format("{}: {} failed ({}); what stood there before is unchanged", path_,
                              step, std::strerror(error)));
}

}  // namespace wordfire
