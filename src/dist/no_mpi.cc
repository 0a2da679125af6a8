#include "dist/mpi_comm.h"

namespace wordfire {

std::unique_ptr<Communicator> make_mpi_communicator(const std::string&) {
  throw Error::usage(
      "several ranks were started, but this program was built without MPI; install libopenmpi-dev "
      "and configure with -DWORDFIRE_MPI=ON, or start one process alone");
}

}  // namespace wordfire
