// Where bytes come from: files, folders, standard input, plain or compressed with gzip or zstd.
// The compression is told by magic bytes, never by the file's name.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace wordfire {

// A sequential stream of decompressed bytes. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills `buffer` from the front and returns the number of bytes; 0 means the end of the stream.
  // Throws Error (io) when reading fails, Error (data) when compressed data is damaged or cut
  // short, Stopped when it had to wait and was asked to stop.
  [[nodiscard]] virtual size_t read(std::span<char> buffer) = 0;
  // Whether read() would have to wait for more bytes now: a pipe or terminal whose other side is
  // not done. False where nobody can tell.
  [[nodiscard]] virtual bool would_wait() const { return false; }
  // What error messages call the stream: the path, or "standard input".
  [[nodiscard]] virtual const std::string& name() const = 0;
};

// Opens one file, or standard input for "-" (a pipe works as well as a file). Directories are
// refused. stop: looked at while a read waits for bytes (of a pipe, a terminal, a FIFO without a
// writer), here too; null for never. Throws Error (no_input) naming the path and the system's
// reason, Stopped.
[[nodiscard]] std::unique_ptr<ByteSource> open_source(const std::string& path,
                                                      const std::atomic<bool>* stop = nullptr);

// Whether the bytes of `path` can be read a second time: those of a file, and of "pipe:PREFIX",
// which gives a FIFO for each pass.
[[nodiscard]] bool can_be_read_again(const std::string& path);

// Expands directories into the regular files in them, sorted by name, hidden files and prepare.json
// left out, not recursive; "-" and "pipe:PREFIX" stay as they are. Throws Error (no_input) for a
// path that is not there or a directory without a file.
[[nodiscard]] std::vector<std::string> list_input_files(const std::vector<std::string>& paths);

}  // namespace wordfire
