#include <fmt/format.h>

#include <cstdlib>
#include <initializer_list>

#include "core/error.h"
#include "dist/communicator.h"
#include "dist/mpi_comm.h"

namespace wordfire {
namespace {

// The first of these variables of the environment that is there, as a number; or 0.
int number_of(std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') return std::atoi(value);
  }
  return 0;
}

// What mpirun of Open MPI and of MPICH tell the processes that they start. srun tells every
// process the number of its tasks, so that counts only beside what its plugins for MPI say.
int launched_ranks() {
  const int told = number_of({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"});
  if (told > 0) return told;
  const bool by_srun = std::getenv("PMIX_RANK") != nullptr || std::getenv("PMI_RANK") != nullptr;
  return by_srun ? number_of({"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"}) : 0;
}

}  // namespace

std::unique_ptr<Communicator> join_ranks() {
  const int launched = launched_ranks();
  if (launched <= 1) return make_one_process();
  auto ranks = make_mpi_communicator();
  if (ranks->size() == launched) return ranks;
  throw Error::usage(
      fmt::format("MPI: {} processes were started, but {} found each other; start them with the "
                  "mpirun of the MPI that this program was built with, Open MPI",
                  launched, ranks->size()));
}

}  // namespace wordfire
