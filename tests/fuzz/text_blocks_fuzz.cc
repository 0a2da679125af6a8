// Any bytes as text, plain or compressed: small and large blocks give the same lines, or both say
// that the data is damaged.
#include <optional>
#include <string>

#include "core/error.h"
#include "io/line_blocks.h"
#include "tests/fuzz/memory_file.h"

namespace wordfire {
namespace {

// A few bytes of gzip may stand for gigabytes.
constexpr size_t kMostText = size_t{1} << 20;
// Larger than most inputs, so that all of one is a block; small enough to be cleared quickly.
constexpr size_t kWholeBlock = size_t{1} << 15;

struct Reading {
  std::string text;
  bool damaged = false;
};

// The first kMostText bytes, cut off at a line end.
Reading read(const std::string& path, size_t block_bytes) {
  LineBlockReader reader({path}, block_bytes);
  Reading reading;
  try {
    for (LineBlock block; reading.text.size() < kMostText && reader.next(block);) {
      if (block.size == 0) std::abort();
      if (block.bytes[block.size] != '\0') std::abort();
      reading.text += block.text();
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kData) std::abort();
    reading.damaged = true;
  }
  return reading;
}

}  // namespace
}  // namespace wordfire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const wordfire::MemoryFile file(data + 1, size - 1);
  const wordfire::Reading whole = wordfire::read(file.path(), wordfire::kWholeBlock);
  const wordfire::Reading pieces = wordfire::read(file.path(), data[0]);
  if (whole.text.size() >= wordfire::kMostText || pieces.text.size() >= wordfire::kMostText)
    return 0;
  // Damage is found at the same place, but blocks before it may have been handed out.
  if (whole.damaged != pieces.damaged) std::abort();
  if (!pieces.text.starts_with(whole.text)) std::abort();
  if (!whole.damaged && pieces.text != whole.text) std::abort();
  return 0;
}
