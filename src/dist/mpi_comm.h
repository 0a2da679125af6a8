// Ranks that MPI connects. The build has mpi_comm.cc, or no_mpi.cc where Open MPI is not to be had.
//
// The programs do not link libmpi, which a plain run must not need: what uses it is a library of
// its own, libwordfire_mpi.so, that mpi_comm.cc opens when a launcher has started several ranks.
#pragma once

#include <memory>
#include <string>

#include "dist/communicator.h"

namespace wordfire {

// This process as one of the ranks that its launcher has started. Throws Error (usage) where the
// build has no MPI, Error (no_input) where libwordfire_mpi.so or libmpi is not to be had, saying
// where it was looked for. host: what the others call this machine; empty: its own name.
[[nodiscard]] std::unique_ptr<Communicator> make_mpi_communicator(const std::string& host = "");

}  // namespace wordfire
