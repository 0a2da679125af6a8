#include "io/mapped_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "core/error.h"
#include "core/matrix.h"
#include "io/regular_file.h"

namespace wordfire {

MappedFile::MappedFile(const std::string& path) {
  const RegularFile file = open_regular_file(path);
  size_ = file.size;

  // Zero pages first, then the file over their front: one page at least stays behind its end.
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  static_assert(kRowSlack <= 4096, "a page is the slack");
  mapped_ = (size_ + page - 1) / page * page + page;
  void* const region =
      ::mmap(nullptr, mapped_, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<const std::byte*>(region);
  if (size_ == 0) return;
  if (::mmap(region, size_, PROT_READ, MAP_PRIVATE | MAP_FIXED, file.fd.get(), 0) == MAP_FAILED) {
    const int error = errno;
    ::munmap(region, mapped_);
    throw Error::no_input(path + ": cannot map (" + std::strerror(error) + ")");
  }
}

MappedFile::~MappedFile() { ::munmap(const_cast<std::byte*>(data_), mapped_); }

}  // namespace wordfire
