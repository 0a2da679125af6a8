// Writes a file that has no name yet; commit() makes it durable and gives it its name. Whatever
// fails before that, the older file stays as it was, and nothing is left of the new one, even if
// the process is killed. (File systems that know no unnamed files get a hidden name in the same
// folder: .wordfire-PID-N.tmp, which a killed process leaves behind.) Files that belong together
// are committed together.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/checksum.h"
#include "io/file_descriptor.h"

namespace wordfire {

class AtomicFile {
 public:
  // Creates the unnamed file. Its mode is that of the file that it will replace, else 0644 less
  // umask. A link stays a link: the file that it leads to is replaced or made. Throws Error
  // (cannot_create): no such folder, no permission, a name too long, `path` is a directory.
  explicit AtomicFile(std::string path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  // Removes a file that was not committed.
  ~AtomicFile();

  // Appends; buffered, large spans go straight through. Retries EINTR and short writes. Throws
  // Error (io).
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  template <typename T>
  void write_value(const T& value) {
    write(std::as_bytes(std::span(&value, 1)));
  }

  // Flush, fsync, rename, fsync of the folder. Throws Error (io); the older file is then still in
  // place.
  void commit();
  // All or none: no file gets its name before all are on the disk, and if one cannot get its name
  // the older files of the others come back. stop: looked at until the first one gets its name;
  // null for never. Throws Error (io), Stopped.
  static void commit_all(std::span<AtomicFile* const> files,
                         const std::atomic<bool>* stop = nullptr);

  [[nodiscard]] int64_t bytes_written() const { return bytes_written_; }
  // XXH3 (64 bits) of everything written so far.
  [[nodiscard]] uint64_t checksum() const { return checksum_.value(); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void create_unnamed();
  void create_named();
  void keep_mode() const;
  void give_temporary_name();
  void flush();
  void write_through(std::span<const std::byte> bytes);
  void finish();
  void publish();
  void take_back() noexcept;
  void drop_older() noexcept;
  [[noreturn]] void fail(std::string_view step, int error) const;

  std::string path_;       // as the caller calls it
  std::string target_;     // what it leads to where it is a link
  std::string temporary_;  // empty while the file has no name
  std::string older_;      // a second name of the file that is replaced, while both are needed
  FileDescriptor fd_;
  bool has_older_ = false;
  bool is_first_ = false;  // there is no older file
  bool committed_ = false;
  int64_t bytes_written_ = 0;
  std::vector<std::byte> buffer_;
  Checksum checksum_;
};

}  // namespace wordfire
