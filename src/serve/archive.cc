#include "serve/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "io/folder_names.h"
#include "io/opening_fault.h"
#include "io/utf8.h"

namespace wordfire::serve {
namespace {

constexpr size_t kReadBytes = size_t{64} << 10;
constexpr size_t kMostNameBytes = 1024;
constexpr size_t kMostPartBytes = 255;  // as file systems have it
constexpr int kMostFolders = 16;

template <auto Free>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Reader = std::unique_ptr<archive, FreeWith<archive_read_free>>;
using Writer = std::unique_ptr<archive, FreeWith<archive_write_free>>;
using Entry = std::unique_ptr<archive_entry, FreeWith<archive_entry_free>>;

template <typename T>
T checked(T object) {
  if (!object) throw std::bad_alloc();
  return object;
}

Reader open_reader(int fd) {
  Reader reader = checked(Reader(archive_read_new()));
  // ARCHIVE_WARN: it would call the program gzip.
  if (archive_read_support_filter_gzip(reader.get()) != ARCHIVE_OK ||
      archive_read_support_format_tar(reader.get()) != ARCHIVE_OK) {
    throw Error::internal("libarchive was built without zlib, which model.tar.gz needs");
  }
  // A failure is told by the first header that is asked for.
  (void)archive_read_open_fd(reader.get(), fd, kReadBytes);
  return reader;
}

// A second guard behind our own check of names; the folder is ours alone, and without links.
Writer open_writer() {
  Writer writer = checked(Writer(archive_write_disk_new()));
  archive_write_disk_set_options(writer.get(), ARCHIVE_EXTRACT_SECURE_SYMLINKS |
                                                   ARCHIVE_EXTRACT_SECURE_NODOTDOT |
                                                   ARCHIVE_EXTRACT_NO_OVERWRITE);
  return writer;
}

bool is_plain(std::string_view text) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  return std::none_of(text.begin(), text.end(), is_control) &&
         find_invalid_utf8(text) == std::string_view::npos;
}

// What stands for a name in a message: bytes that a terminal would not print become '?'.
std::string shown(std::string_view name) {
  std::string text(name.substr(0, 80));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) c = '?';
  }
  return text;
}

class Unpacking {
 public:
  Unpacking(const std::string& path, std::string folder, const ArchiveLimits& limits,
            RegularFile file)
      : path_(path),
        folder_(std::move(folder)),
        limits_(limits),
        file_(std::move(file)),
        reader_(open_reader(file_.fd.get())),
        writer_(open_writer()) {}

  void run() {
    while (next_entry()) {
      const std::string name = checked_name();
      check_kind();
      if (!name.empty()) unpack(name);
    }
  }

 private:
  // False behind the last entry.
  bool next_entry() {
    name_.clear();
    const int result = archive_read_next_header(reader_.get(), &entry_);
    if (result == ARCHIVE_EOF) return false;
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) fail_reading();
    const char* const name = archive_entry_pathname(entry_);
    name_ = name == nullptr ? "" : name;
    if (++entries_ > limits_.entries) {
      fail(fmt::format("entry {}", entries_), fmt::format("at most {} entries", limits_.entries));
    }
    return true;
  }

  // The name without "./" and doubled slashes; empty for the folder itself.
  std::string checked_name() const {
    if (name_.empty() || !is_plain(name_)) {
      fail("a name that is no plain text", "UTF-8 without control characters");
    }
    if (name_.front() == '/') fail("an absolute name", "one below the archive's own folder");
    if (name_.size() > kMostNameBytes) {
      fail("a long name", fmt::format("at most {} bytes", kMostNameBytes));
    }
    std::string name;
    int parts = 0;
    for (size_t begin = 0; begin < name_.size();) {
      const size_t end = std::min(name_.find('/', begin), name_.size());
      const std::string_view part = std::string_view(name_).substr(begin, end - begin);
      begin = end + 1;
      if (part.empty() || part == ".") continue;
      if (part == "..") fail("\"..\" in the name", "a name that stays in the folder");
      if (part.size() > kMostPartBytes) {
        fail("a long name", fmt::format("at most {} bytes a part", kMostPartBytes));
      }
      if (++parts > kMostFolders) fail("nested folders", fmt::format("at most {}", kMostFolders));
      name.append(1, '/').append(part);
    }
    return name;
  }

  void check_kind() const {
    const auto type = archive_entry_filetype(entry_);
    const bool is_link =
        archive_entry_hardlink(entry_) != nullptr || archive_entry_symlink(entry_) != nullptr;
    if (is_link || (type != AE_IFREG && type != AE_IFDIR)) {
      fail("a link or device", "files and folders only; pack the model again without it");
    }
  }

  void unpack(const std::string& name) {
    const bool is_file = archive_entry_filetype(entry_) == AE_IFREG;
    const int64_t size = is_file ? archive_entry_size(entry_) : 0;
    if (size < 0 || size > limits_.bytes - bytes_) {
      fail(fmt::format("{} bytes on top of {}", size, bytes_),
           fmt::format("at most {} in one archive", limits_.bytes));
    }
    check_first_use(name, is_file);
    const Entry made = new_entry(folder_ + name, is_file, size);
    check_written(archive_write_header(writer_.get(), made.get()));
    if (is_file) copy_content(size);
    check_written(archive_write_finish_entry(writer_.get()));
    bytes_ += size;
    check_ratio(bytes_);
  }

  // The writer takes a second file of a name for done, and would not say so.
  void check_first_use(const std::string& name, bool is_file) {
    for (size_t end = name.find('/', 1); end < name.size(); end = name.find('/', end + 1)) {
      if (kinds_.try_emplace(name.substr(0, end), kFolder).first->second == kFile) fail_twice();
    }
    const auto [known, is_new] = kinds_.try_emplace(name, is_file ? kFile : kFolder);
    if (!is_new && (is_file || known->second == kFile)) fail_twice();
  }

  [[noreturn]] void fail_twice() const {
    fail("a name that is there already, or that goes through a file", "each name once");
  }

  // Only what we decide on: no owner, times, modes or attributes out of the archive.
  static Entry new_entry(const std::string& path, bool is_file, int64_t size) {
    Entry entry = checked(Entry(archive_entry_new()));
    archive_entry_copy_pathname(entry.get(), path.c_str());
    archive_entry_set_filetype(entry.get(), is_file ? AE_IFREG : AE_IFDIR);
    archive_entry_set_perm(entry.get(), is_file ? 0600 : 0700);
    if (is_file) archive_entry_set_size(entry.get(), size);
    return entry;
  }

  void copy_content(int64_t size) {
    const void* data = nullptr;
    size_t count = 0;
    int64_t offset = 0;
    for (;;) {
      const int result = archive_read_data_block(reader_.get(), &data, &count, &offset);
      if (result == ARCHIVE_EOF) return;
      if (result != ARCHIVE_OK) fail_reading();
      if (offset < 0 || offset > size || static_cast<int64_t>(count) > size - offset) {
        fail("more bytes than its header says", fmt::format("{}", size));
      }
      check_ratio(bytes_ + offset + static_cast<int64_t>(count));
      const auto written = archive_write_data_block(writer_.get(), data, count, offset);
      check_written(static_cast<int>(written < 0 ? written : ARCHIVE_OK));
    }
  }

  // unpacked: bytes of files up to now, holes of sparse files included.
  void check_ratio(int64_t unpacked) const {
    if (unpacked <= limits_.free_bytes) return;
    const int64_t packed = archive_filter_bytes(reader_.get(), -1);
    if (unpacked / limits_.ratio <= packed) return;
    fail(fmt::format("{} bytes out of {}", unpacked, packed),
         fmt::format("at most {} times as many", limits_.ratio));
  }

  void check_written(int result) const {
    if (result == ARCHIVE_OK) return;
    throw Error::io(
        fmt::format("{}: entry \"{}\": cannot write to {} ({}); free some space, or set TMPDIR",
                    path_, shown(name_), folder_, std::strerror(archive_errno(writer_.get()))));
  }

  // The archive may be good.
  [[noreturn]] void refuse_reading(int fault) const {
    if (fault == ENOMEM) throw std::bad_alloc();
    throw Error::io(fmt::format("{}: cannot read ({})", path_, std::strerror(fault)));
  }

  [[noreturn]] void fail_reading() const {
    const int fault = archive_errno(reader_.get());
    if (may_pass(fault)) refuse_reading(fault);
    const char* const reason = archive_error_string(reader_.get());
    fail(reason == nullptr ? "damage" : shown(reason), "a whole tar or tar.gz archive");
  }

  [[noreturn]] void fail(std::string_view found, std::string_view wanted) const {
    const std::string entry = name_.empty() ? "" : fmt::format("entry \"{}\": ", shown(name_));
    throw Error::model(fmt::format("{}: {}found {}, want {}", path_, entry, found, wanted));
  }

  const std::string& path_;
  std::string folder_;
  const ArchiveLimits& limits_;
  RegularFile file_;
  Reader reader_;
  Writer writer_;
  archive_entry* entry_ = nullptr;
  std::string name_;  // of the entry, as the archive has it
  enum Kind { kFile, kFolder };
  std::map<std::string, Kind> kinds_;  // of the names up to now, and of the folders on their way
  int64_t entries_ = 0;
  int64_t bytes_ = 0;  // of the entries before this one
};

}  // namespace

void unpack_archive(const std::string& archive, const std::string& folder,
                    const ArchiveLimits& limits, const OpenFile& open) {
  // Real: at links on its way the writer would stop.
  Unpacking(archive, real_path(folder), limits, open(archive)).run();
}

bool is_archive_name(const std::string& path) {
  constexpr std::array kEndings = {".tar", ".tar.gz", ".tgz"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](const char* ending) { return path.ends_with(ending); });
}

}  // namespace wordfire::serve
