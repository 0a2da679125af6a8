// Any bytes as a checkpoint, as they are and with the checksum that makes the rest count, and as
// its document: refused as wrong, or all of it can be read.
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "io/checkpoint_file.h"
#include "io/checksum.h"
#include "tests/fuzz/memory_file.h"
#include "train/checkpoint_document.h"

namespace wordfire {
namespace {

template <typename Read>
void read_or_refuse(Read read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kModel) std::abort();
  }
}

void read_file(std::span<const uint8_t> bytes) {
  const MemoryFile file(bytes.data(), bytes.size());
  const CheckpointReader reader(file.path());
  for (size_t i = 0; i < reader.shapes().size(); ++i) {
    int64_t rows = 0;
    reader.read(i, [&](int64_t count, const float*) { rows += count; });
    if (rows != reader.shapes()[i].rows) std::abort();
  }
}

void read_document(const std::string& json) {
  const CheckpointDocument document = parse_document(json, "fuzz");
  const CheckpointDocument again = parse_document(document_json(document), "fuzz");
  if (document_json(again) != document_json(document)) std::abort();
}

// The bytes with the checksum behind them.
std::vector<uint8_t> with_checksum(std::span<const uint8_t> bytes) {
  Checksum sum;
  sum.add(std::as_bytes(bytes));
  const uint64_t value = sum.value();
  std::vector<uint8_t> whole(bytes.begin(), bytes.end());
  whole.resize(bytes.size() + sizeof(value));
  std::memcpy(whole.data() + bytes.size(), &value, sizeof(value));
  return whole;
}

}  // namespace
}  // namespace wordfire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const uint8_t> bytes(data, size);
  wordfire::read_or_refuse([&] { wordfire::read_file(bytes); });
  wordfire::read_or_refuse([&] { wordfire::read_file(wordfire::with_checksum(bytes)); });
  wordfire::read_or_refuse(
      [&] { wordfire::read_document(std::string(bytes.begin(), bytes.end())); });
  return 0;
}
