#include "emulator/launch_counts.h"

#include <fstream>

#include "emulator/runtime.h"

namespace wordfire::emulator {
namespace {

struct Column {
  const char* name;
  std::uint64_t Counts::*count;
};

constexpr Column kColumns[] = {
    {"instructions", &Counts::instructions},
    {"lane_instructions", &Counts::lane_instructions},
    {"float_instructions", &Counts::float_instructions},
    {"branches", &Counts::branches},
    {"divergent_branches", &Counts::divergent_branches},
    {"global_loads", &Counts::global_loads},
    {"global_stores", &Counts::global_stores},
    {"atomics", &Counts::atomics},
    {"shared_accesses", &Counts::shared_accesses},
    {"local_accesses", &Counts::local_accesses},
    {"shuffles", &Counts::shuffles},
    {"warp_barriers", &Counts::warp_barriers},
    {"block_barriers", &Counts::block_barriers},
    {"global_sectors", &Counts::global_sectors},
    {"atomic_sectors", &Counts::atomic_sectors},
    {"atomic_lanes", &Counts::atomic_lanes},
    {"shared_bank_conflict_cycles", &Counts::shared_bank_conflict_cycles},
};

}  // namespace

void LaunchCounts::add(const std::string& kernel, const Counts& counts) {
  if (file_.empty()) return;
  OfKernel& all = kernels_[kernel];
  ++all.launches;
  for (const Column& column : kColumns) all.counts.*column.count += counts.*column.count;
}

void LaunchCounts::write() const {
  if (file_.empty()) return;
  std::ofstream out(file_);
  out << "kernel\tlaunches";
  for (const Column& column : kColumns) out << '\t' << column.name;
  out << '\n';
  for (const auto& [kernel, of] : kernels_) {
    out << kernel << '\t' << of.launches;
    for (const Column& column : kColumns) out << '\t' << of.counts.*column.count;
    out << '\n';
  }
  if (!out.flush()) say("cannot write " + file_);
}

}  // namespace wordfire::emulator
