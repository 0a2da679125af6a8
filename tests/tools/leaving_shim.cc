// A library for LD_PRELOAD under mpirun that takes one rank away while all leave, at a point that
// no signal from outside can be sure to hit. Settings come from the environment:
//   WORDFIRE_LOST_RANK    which rank
//   WORDFIRE_LOST_AT      "first": before its last word; "second": when it has told the first of
//   the
//                         others; "finalize": before MPI_Finalize; "end": behind it
//   WORDFIRE_LOST_SIGNAL  what it sends itself, as a number
#include <mpi.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

std::string_view setting(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void be_lost(std::string_view point) {
  if (setting("OMPI_COMM_WORLD_RANK") != setting("WORDFIRE_LOST_RANK")) return;
  if (setting("WORDFIRE_LOST_AT") != point) return;
  (void)std::raise(std::atoi(std::getenv("WORDFIRE_LOST_SIGNAL")));
}

// The head of a message of src/dist/mpi_pulse.cc, whose last member is how a rank leaves.
bool is_last_word(const void* bytes, int count, int tag) {
  constexpr int kPulse = 1;
  constexpr int kHead = 6;
  constexpr int32_t kInOrder = 1;
  if (tag != kPulse || count != kHead * int{sizeof(int32_t)}) return false;
  int32_t head[kHead];
  std::memcpy(head, bytes, sizeof(head));
  return head[kHead - 1] == kInOrder;
}

}  // namespace

// The other names of MPI's functions are there for such libraries.
extern "C" int MPI_Isend(const void* bytes, int count, MPI_Datatype type, int to, int tag,
                         MPI_Comm comm, MPI_Request* request) {
  static int words = 0;
  if (is_last_word(bytes, count, tag)) {
    if (words == 0) be_lost("first");
    if (words == 1) be_lost("second");
    ++words;
  }
  return PMPI_Isend(bytes, count, type, to, tag, comm, request);
}

extern "C" int MPI_Finalize() {
  be_lost("finalize");
  const int code = PMPI_Finalize();
  be_lost("end");
  return code;
}
