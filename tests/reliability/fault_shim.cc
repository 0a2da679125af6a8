// A library for LD_PRELOAD that makes one call of the C library go wrong, so that every step of
// saving, reading and allocating can be tried. Settings come from the environment:
//   WORDFIRE_FAULT_CALLS   comma-separated: open write fsync rename read reserve mmap malloc
//   WORDFIRE_FAULT_PATH    only calls on files whose path contains this text (not for mmap, malloc)
//   WORDFIRE_FAULT_AT      which of the matching calls goes wrong: 1, 2, ...; 0: none, they are
//   only counted WORDFIRE_FAULT_ACTION  an errno as a number; "short": half of the bytes; "kill":
//   SIGKILL, a write half done;
//                          "kill-after": SIGKILL once the call is done
//   WORDFIRE_FAULT_FOREVER if set, later matching calls go wrong as well
//   WORDFIRE_FAULT_COUNT   file of eight bytes that counts the matching calls; it survives SIGKILL
// Allocations of libgomp and of the dynamic linker never fail here: those two end the process
// themselves, by design.
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
}

namespace {

using Main = int(int, char**, char**);
enum class Action { kError, kShort, kKill, kKillAfter };

// Set when main() begins.
bool ready = false;
Main* real_main = nullptr;
const char* calls = "";
const char* path_part = nullptr;
long fault_at = 0;
bool forever = false;
Action action = Action::kError;
int fault_errno = EIO;
std::atomic<uint64_t> own_count = 0;
std::atomic<uint64_t>* count = &own_count;

// Code whose allocations must succeed.
struct CodeRange {
  uintptr_t begin;
  uintptr_t end;
};
CodeRange spared[8];
int spared_count = 0;

int note_spared(dl_phdr_info* object, size_t, void*) {
  const char* const name = object->dlpi_name;
  if (strstr(name, "libgomp") == nullptr && strstr(name, "ld-linux") == nullptr) return 0;
  for (int i = 0; i < object->dlpi_phnum && spared_count < 8; ++i) {
    const auto& header = object->dlpi_phdr[i];
    if (header.p_type != PT_LOAD) continue;
    const uintptr_t begin = object->dlpi_addr + header.p_vaddr;
    spared[spared_count++] = {begin, begin + header.p_memsz};
  }
  return 0;
}

bool is_spared(const void* caller) {
  const auto at = reinterpret_cast<uintptr_t>(caller);
  for (int i = 0; i < spared_count; ++i) {
    if (at >= spared[i].begin && at < spared[i].end) return true;
  }
  return false;
}

void map_count(const char* file) {
  const int fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, file, O_RDWR));
  void* const shared = mmap(nullptr, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  if (shared != MAP_FAILED) count = static_cast<std::atomic<uint64_t>*>(shared);
}

void read_action(const char* text) {
  if (strcmp(text, "short") == 0) {
    action = Action::kShort;
  } else if (strcmp(text, "kill") == 0) {
    action = Action::kKill;
  } else if (strcmp(text, "kill-after") == 0) {
    action = Action::kKillAfter;
  } else {
    fault_errno = atoi(text);
  }
}

__attribute__((constructor)) void read_settings() {
  if (const char* list = getenv("WORDFIRE_FAULT_CALLS")) calls = list;
  if (const char* at = getenv("WORDFIRE_FAULT_AT")) fault_at = atol(at);
  if (const char* text = getenv("WORDFIRE_FAULT_ACTION")) read_action(text);
  if (const char* file = getenv("WORDFIRE_FAULT_COUNT")) map_count(file);
  path_part = getenv("WORDFIRE_FAULT_PATH");
  forever = getenv("WORDFIRE_FAULT_FOREVER") != nullptr;
  dl_iterate_phdr(note_spared, nullptr);
}

int counted_main(int argc, char** argv, char** environment) {
  ready = true;
  return real_main(argc, argv, environment);
}

bool is_listed(const char* call) {
  const size_t length = strlen(call);
  for (const char* at = calls; (at = strstr(at, call)) != nullptr; at += length) {
    const bool begins = at == calls || at[-1] == ',';
    if (begins && (at[length] == ',' || at[length] == '\0')) return true;
  }
  return false;
}

// Counts the call and says whether it is the one to go wrong.
bool is_hit() {
  const auto number = static_cast<long>(count->fetch_add(1) + 1);
  return fault_at > 0 && (number == fault_at || (forever && number > fault_at));
}

bool hits_path(const char* call, const char* path) {
  if (!ready || !is_listed(call)) return false;
  if (path_part != nullptr && strstr(path, path_part) == nullptr) return false;
  return is_hit();
}

bool hits_fd(const char* call, int fd) {
  if (!ready || !is_listed(call)) return false;
  char link[32];
  char path[PATH_MAX] = "";
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  if (syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof(path) - 1) < 0) return false;
  return hits_path(call, path);
}

bool hits_memory(const char* call, const void* caller) {
  return ready && is_listed(call) && !is_spared(caller) && is_hit();
}

void die() { syscall(SYS_kill, getpid(), SIGKILL); }

// What a call that goes wrong returns where no bytes are moved. `perform` makes the real call.
template <typename Perform>
long fault(Perform perform) {
  if (action == Action::kKill) die();
  if (action == Action::kShort || action == Action::kKillAfter) {
    const long result = perform();
    if (action == Action::kKillAfter) die();
    return result;
  }
  errno = fault_errno;
  return -1;
}

// The same where `size` bytes are moved: move(n) moves n of them.
template <typename Move>
ssize_t fault_of_bytes(size_t size, Move move) {
  if (action == Action::kShort) return move((size + 1) / 2);
  if (action == Action::kKill) move(size / 2);
  return fault([&] { return move(size); });
}

int open_file(int folder, const char* path, int flags, mode_t mode) {
  const auto perform = [&] { return syscall(SYS_openat, folder, path, flags, mode); };
  return static_cast<int>(hits_path("open", path) ? fault(perform) : perform());
}

mode_t mode_of(int flags, va_list rest) {
  const bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return creates ? va_arg(rest, mode_t) : 0;
}

template <typename Make>
int make_temporary(const char* path, Make make) {
  return static_cast<int>(hits_path("open", path) ? fault(make) : make());
}

template <typename F>
F* next(const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_NEXT, name));
}

void* no_memory() {
  errno = ENOMEM;
  return nullptr;
}

}  // namespace

#define WORDFIRE_CALLER __builtin_extract_return_addr(__builtin_return_address(0))

extern "C" {

int __libc_start_main(Main* main, int argc, char** argv, void (*init)(), void (*fini)(),
                      void (*linker_fini)(), void* stack_end) {
  real_main = main;
  return next<decltype(__libc_start_main)>("__libc_start_main")(counted_main, argc, argv, init,
                                                                fini, linker_fini, stack_end);
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_file(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_file(folder, path, flags, mode);
}

int open64(const char* path, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char* path, int flags, ...) __attribute__((alias("openat")));

int mkostemp(char* path, int flags) {
  return make_temporary(path, [&] { return next<int(char*, int)>("mkostemp")(path, flags); });
}
int mkstemp(char* path) { return mkostemp(path, 0); }
int mkstemp64(char* path) __attribute__((alias("mkstemp")));
int mkostemp64(char* path, int flags) __attribute__((alias("mkostemp")));

ssize_t write(int fd, const void* bytes, size_t size) {
  const auto move = [&](size_t n) { return syscall(SYS_write, fd, bytes, n); };
  return hits_fd("write", fd) ? fault_of_bytes(size, move) : move(size);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  const auto move = [&](size_t n) { return syscall(SYS_pwrite64, fd, bytes, n, offset); };
  return hits_fd("write", fd) ? fault_of_bytes(size, move) : move(size);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t offset)
    __attribute__((alias("pwrite")));

ssize_t writev(int fd, const iovec* parts, int n) {
  const auto perform = [&] { return syscall(SYS_writev, fd, parts, n); };
  return hits_fd("write", fd) ? fault(perform) : perform();
}

ssize_t read(int fd, void* bytes, size_t size) {
  const auto move = [&](size_t n) { return syscall(SYS_read, fd, bytes, n); };
  return hits_fd("read", fd) ? fault_of_bytes(size, move) : move(size);
}

int fsync(int fd) {
  const auto perform = [&] { return syscall(SYS_fsync, fd); };
  return static_cast<int>(hits_fd("fsync", fd) ? fault(perform) : perform());
}
int fdatasync(int fd) __attribute__((alias("fsync")));

int posix_fallocate(int fd, off_t offset, off_t size) {
  const auto perform = [&] { return syscall(SYS_fallocate, fd, 0, offset, size); };
  return (hits_fd("reserve", fd) ? fault(perform) : perform()) == 0 ? 0 : errno;
}
int posix_fallocate64(int fd, off_t offset, off_t size) __attribute__((alias("posix_fallocate")));

int rename(const char* from, const char* to) {
  const auto perform = [&] { return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0); };
  return static_cast<int>(hits_path("rename", to) ? fault(perform) : perform());
}

void* mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset) {
  if (hits_memory("mmap", WORDFIRE_CALLER)) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  return reinterpret_cast<void*>(syscall(SYS_mmap, at, size, protection, flags, fd, offset));
}
void* mmap64(void* at, size_t size, int protection, int flags, int fd, off_t offset)
    __attribute__((alias("mmap")));

void* malloc(size_t size) {
  return hits_memory("malloc", WORDFIRE_CALLER) ? no_memory() : __libc_malloc(size);
}

void* calloc(size_t n, size_t size) {
  return hits_memory("malloc", WORDFIRE_CALLER) ? no_memory() : __libc_calloc(n, size);
}

void* realloc(void* old, size_t size) {
  return hits_memory("malloc", WORDFIRE_CALLER) ? no_memory() : __libc_realloc(old, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
  return hits_memory("malloc", WORDFIRE_CALLER) ? no_memory() : __libc_memalign(alignment, size);
}

int posix_memalign(void** out, size_t alignment, size_t size) {
  if (hits_memory("malloc", WORDFIRE_CALLER)) return ENOMEM;
  *out = __libc_memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}

}  // extern "C"
