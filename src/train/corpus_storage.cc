#include "train/corpus_storage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/error.h"
#include "io/file_descriptor.h"
#include "io/scratch_file.h"

namespace wordfire {
namespace {

// Arrays are cut from chunks of this size, larger ones get a chunk of their own.
constexpr int64_t kChunk = int64_t{16} << 20;
constexpr int64_t kPage = 4096;

// A scratch file that is `bytes` long and all of it on the disk, so that writing to its mapping
// cannot fail later.
FileDescriptor reserve_scratch(const std::string& folder, int64_t bytes) {
  FileDescriptor fd = open_scratch_file(folder);
  if (const int error = posix_fallocate(fd.get(), 0, bytes); error != 0) {
    const std::string message = fmt::format(
        "{}: cannot reserve {} MiB of scratch space: {}; set -scratchDir to a "
        "larger disk, or raise -memory",
        folder, bytes >> 20, std::strerror(error));
    if (error == ENOSPC) throw StorageFull(ErrorKind::kSystem, message, SystemFault::kIo);
    throw Error::io(message);
  }
  return fd;
}

char* map(int64_t bytes, int fd) {
  const int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void* const data =
      mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE, flags, fd, 0);
  if (data == MAP_FAILED) {
    throw Error::internal(
        fmt::format("out of memory: {} MiB for the encoded corpus; lower -memory and "
                    "set -scratchDir",
                    bytes >> 20));
  }
  if (fd < 0) madvise(data, static_cast<size_t>(bytes), MADV_HUGEPAGE);
  return static_cast<char*>(data);
}

}  // namespace

StorageArena::~StorageArena() {
  const std::lock_guard lock(budget_->mutex_);
  for (const Chunk& chunk : chunks_) {
    munmap(chunk.data, static_cast<size_t>(chunk.bytes));
    (chunk.scratch ? budget_->scratch_used_ : budget_->memory_used_) -= chunk.bytes;
  }
}

void* StorageArena::allocate_bytes(int64_t bytes) {
  bytes = (bytes + 63) / 64 * 64;
  const std::lock_guard lock(mutex_);
  if (chunks_.empty() || chunks_.back().bytes - used_of_last_ < bytes) {
    chunks_.push_back(new_chunk(std::max(kChunk, (bytes + kPage - 1) / kPage * kPage)));
    used_of_last_ = 0;
  }
  char* const data = chunks_.back().data + used_of_last_;
  used_of_last_ += bytes;
  return data;
}

StorageArena::Chunk StorageArena::new_chunk(int64_t bytes) {
  const std::lock_guard lock(budget_->mutex_);
  if (budget_->memory_used_ + bytes <= budget_->memory_) {
    char* const data = map(bytes, -1);
    budget_->memory_used_ += bytes;
    return {data, bytes, false};
  }
  if (budget_->scratch_dir_.empty() || budget_->scratch_used_ + bytes > budget_->scratch_) {
    throw StorageFull(
        ErrorKind::kInternal,
        fmt::format("the encoded corpus needs more than the {} MiB of -memory and the {} MiB of "
                    "-scratch; raise one of them",
                    budget_->memory_ >> 20,
                    budget_->scratch_dir_.empty() ? 0 : budget_->scratch_ >> 20));
  }
  const FileDescriptor fd = reserve_scratch(budget_->scratch_dir_, bytes);
  char* const data = map(bytes, fd.get());
  budget_->scratch_used_ += bytes;
  return {data, bytes, true};
}

}  // namespace wordfire
