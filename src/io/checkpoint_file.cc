#include "io/checkpoint_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/error.h"

namespace wordfire {
namespace {

constexpr std::string_view kMagic = "WFCHKPT\n";
constexpr uint32_t kVersion = 1;
constexpr int64_t kRunBytes = int64_t{1} << 20;
// Bounds that no run reaches, so that a size cannot be a trap before the checksum is known.
constexpr uint32_t kMostMatrices = 16;
constexpr uint64_t kMostDocumentBytes = uint64_t{1} << 26;
constexpr int64_t kMostRows = int64_t{1} << 40;
constexpr int32_t kMostDim = 1 << 20;

struct Head {
  std::array<char, kMagic.size()> magic;
  uint32_t version;
  uint32_t matrices;
  uint64_t document_bytes;
};
struct Shape {
  int64_t rows;
  int32_t dim;
  int32_t zero;
};
static_assert(sizeof(Head) == 24 && sizeof(Shape) == 16, "written as they lie in memory");

int64_t head_bytes(int64_t document_bytes, size_t matrices) {
  return static_cast<int64_t>(sizeof(Head) + matrices * sizeof(Shape)) + document_bytes;
}

int64_t rows_in_run(int32_t dim) {
  return std::max<int64_t>(1, kRunBytes / (dim * int64_t{sizeof(float)}));
}

void write_rows(AtomicFile& file, const CheckpointMatrix& matrix) {
  const int32_t dim = matrix.shape.dim;
  const int64_t run = std::min(rows_in_run(dim), matrix.shape.rows);
  std::vector<float> values(static_cast<size_t>(run * dim));
  for (int64_t row = 0; row < matrix.shape.rows; row += run) {
    const int64_t count = std::min(run, matrix.shape.rows - row);
    matrix.next(count, values.data());
    file.write(std::as_bytes(std::span(values).first(static_cast<size_t>(count * dim))));
  }
}

}  // namespace

int64_t checkpoint_bytes(int64_t document_bytes, std::span<const CheckpointShape> shapes) {
  int64_t bytes = head_bytes(document_bytes, shapes.size()) + int64_t{sizeof(uint64_t)};
  for (const CheckpointShape& shape : shapes) bytes += shape.bytes();
  return bytes;
}

void write_checkpoint(AtomicFile& file, const std::string& document,
                      std::span<const CheckpointMatrix> matrices) {
  Head head{{}, kVersion, static_cast<uint32_t>(matrices.size()), document.size()};
  std::copy(kMagic.begin(), kMagic.end(), head.magic.begin());
  file.write_value(head);
  for (const CheckpointMatrix& matrix : matrices) {
    file.write_value(Shape{matrix.shape.rows, matrix.shape.dim, 0});
  }
  file.write(document);
  for (const CheckpointMatrix& matrix : matrices) write_rows(file, matrix);
  file.write_value(file.checksum());
}

CheckpointReader::CheckpointReader(std::string path) : path_(std::move(path)) {
  fd_ = FileDescriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd_.is_open() || ::fstat(fd_.get(), &status) != 0) {
    throw Error::no_input(fmt::format("{}: cannot be opened ({})", path_, std::strerror(errno)));
  }
  size_ = status.st_size;
  read_head();
  check_sum();
}

// Sizes before anything is allocated for them.
void CheckpointReader::read_head() {
  if (size_ < static_cast<int64_t>(sizeof(Head))) refuse(fmt::format("{} bytes", size_));
  Head head{};
  read_at(0, std::as_writable_bytes(std::span(&head, 1)));
  if (std::string_view(head.magic.data(), head.magic.size()) != kMagic) {
    refuse("another file's first bytes");
  }
  if (head.version != kVersion) {
    refuse(fmt::format("version {}, this program reads {}", head.version, kVersion));
  }
  if (head.matrices > kMostMatrices || head.document_bytes > kMostDocumentBytes) {
    refuse("sizes that cannot be");
  }
  const auto document_bytes = static_cast<int64_t>(head.document_bytes);
  data_begin_ = head_bytes(document_bytes, head.matrices);
  if (size_ < data_begin_) refuse(fmt::format("{} bytes", size_));
  std::vector<Shape> shapes(head.matrices);
  read_at(sizeof(Head), std::as_writable_bytes(std::span(shapes)));
  for (const Shape& shape : shapes) {
    const bool fits = shape.rows >= 0 && shape.rows <= kMostRows && shape.dim > 0 &&
                      shape.dim <= kMostDim && shape.zero == 0;
    if (!fits) refuse("sizes that cannot be");
    shapes_.push_back({shape.rows, shape.dim});
  }
  const int64_t wanted = checkpoint_bytes(document_bytes, shapes_);
  if (size_ != wanted) refuse(fmt::format("{} bytes, want {}", size_, wanted));
  document_.resize(head.document_bytes);
  read_at(data_begin_ - document_bytes, std::as_writable_bytes(std::span(document_)));
}

void CheckpointReader::check_sum() const {
  Checksum sum;
  std::vector<std::byte> run(static_cast<size_t>(std::min(kRunBytes, size_)));
  const int64_t end = size_ - static_cast<int64_t>(sizeof(uint64_t));
  for (int64_t at = 0; at < end; at += kRunBytes) {
    const auto part = std::span(run).first(static_cast<size_t>(std::min(kRunBytes, end - at)));
    read_at(at, part);
    sum.add(part);
  }
  uint64_t wanted = 0;
  read_at(end, std::as_writable_bytes(std::span(&wanted, 1)));
  if (sum.value() != wanted) refuse("a checksum that does not fit: bytes were altered");
}

void CheckpointReader::read(
    size_t i, const std::function<void(int64_t count, const float* values)>& take) const {
  int64_t at = data_begin_;
  for (size_t before = 0; before < i; ++before) at += shapes_[before].bytes();
  const CheckpointShape shape = shapes_[i];
  const int64_t run = std::min(rows_in_run(shape.dim), shape.rows);
  std::vector<float> values(static_cast<size_t>(run * shape.dim));
  for (int64_t row = 0; row < shape.rows; row += run) {
    const int64_t count = std::min(run, shape.rows - row);
    const auto part =
        std::as_writable_bytes(std::span(values).first(static_cast<size_t>(count * shape.dim)));
    read_at(at, part);
    at += static_cast<int64_t>(part.size());
    take(count, values.data());
  }
}

void CheckpointReader::read_at(int64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t n = ::pread(fd_.get(), bytes.data(), bytes.size(), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw Error::io(fmt::format("{}: reading failed ({})", path_, std::strerror(errno)));
    if (n == 0) refuse("its end, while it was read: it was cut short");
    bytes = bytes.subspan(static_cast<size_t>(n));
    offset += n;
  }
}

void CheckpointReader::refuse(const std::string& found) const {
  throw Error::model(fmt::format("{}: found {}, want a whole checkpoint", path_, found));
}

}  // namespace wordfire
