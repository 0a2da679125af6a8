// A checkpoint of training as a file: a document (JSON) that says of what run it is and how far it
// came, and matrices of floats. CHECKPOINT.md beside this header gives the grammar. Matrices may be
// larger than memory has room for twice: rows go in and out in runs.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "io/atomic_file.h"
#include "io/file_descriptor.h"

namespace wordfire {

struct CheckpointShape {
  int64_t rows = 0;
  int32_t dim = 0;

  [[nodiscard]] int64_t bytes() const { return rows * dim * int64_t{sizeof(float)}; }
  friend bool operator==(const CheckpointShape&, const CheckpointShape&) = default;
};

// next(count, out): writes the next `count` rows as count * dim floats, densely.
struct CheckpointMatrix {
  CheckpointShape shape;
  std::function<void(int64_t count, float* out)> next;
};

// Bytes of the file.
[[nodiscard]] int64_t checkpoint_bytes(int64_t document_bytes,
                                       std::span<const CheckpointShape> shapes);

// Writes through `file` without committing it. Takes 2 MiB of memory. Throws Error (io).
void write_checkpoint(AtomicFile& file, const std::string& document,
                      std::span<const CheckpointMatrix> matrices);

class CheckpointReader {
 public:
  // Opens the file and reads all of it, to compare its checksum. Throws Error (no_input) when it
  // cannot be opened, Error (io) when it cannot be read, Error (model) when it is no checkpoint, is
  // cut short, or a byte was altered.
  explicit CheckpointReader(std::string path);

  [[nodiscard]] const std::string& document() const { return document_; }
  [[nodiscard]] const std::vector<CheckpointShape>& shapes() const { return shapes_; }
  // Calls take(count, values) with all rows of matrix `i`, run by run. Throws Error (io).
  void read(size_t i, const std::function<void(int64_t count, const float* values)>& take) const;

 private:
  void read_head();
  void check_sum() const;
  void read_at(int64_t offset, std::span<std::byte> bytes) const;
  [[noreturn]] void refuse(const std::string& found) const;

  std::string path_;
  FileDescriptor fd_;
  int64_t size_ = 0;
  int64_t data_begin_ = 0;
  std::string document_;
  std::vector<CheckpointShape> shapes_;
};

}  // namespace wordfire
