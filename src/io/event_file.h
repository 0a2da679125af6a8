// Learning curves as TensorBoard reads them: a file of TFRecords, each an Event message
// (event.proto). A record is
//   length:u64  crc(length):u32  message[length]  crc(message):u32      little-endian
// where crc(x) = rotate_right(CRC-32C of x, 15) + 0xa282ead8. The first event names the version.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "io/file_descriptor.h"

namespace wordfire {

struct Scalar {
  std::string_view tag;  // "train/loss"
  double value;
};

class EventFile {
 public:
  // Makes the folder where there is none, and a file in it with a name of its own. Throws Error
  // (cannot_create).
  explicit EventFile(const std::string& folder);

  // What other files of the folder say of `step` and later does not count any more. Throws Error
  // (io).
  void restart_at(int64_t step);
  // Appends the values of a step; they are in the file when it returns. Throws Error (io).
  void write(int64_t step, std::span<const Scalar> values);

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void append(const std::string& message);

  std::string path_;
  FileDescriptor fd_;
};

}  // namespace wordfire
