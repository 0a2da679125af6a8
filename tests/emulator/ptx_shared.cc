#include "emulator/ptx_shared.h"

#include <bit>

#include "emulator/ptx_fault.h"

namespace wordfire::emulator {

SharedMemory::SharedMemory(std::size_t bytes, std::uint32_t warps, std::uint32_t threads)
    : bytes_(bytes, std::byte{0xcd}),
      words_((bytes + 3) / 4),
      threads_(threads),
      intervals_(warps),
      partial_barriers_(warps) {
  block_barrier();
}

void SharedMemory::block_barrier() {
  first_interval_ = next_interval_;
  for (std::uint32_t& interval : intervals_) interval = next_interval_++;
  for (std::vector<std::uint32_t>& masks : partial_barriers_) masks.clear();
}

void SharedMemory::warp_barrier(std::uint32_t warp, std::uint32_t mask) {
  const std::uint32_t behind = threads_ - warp * kLanesOfWarp;
  const std::uint32_t existing = behind >= kLanesOfWarp ? kAllLanes : (1U << behind) - 1;
  if ((mask & existing) != existing) {
    partial_barriers_[warp].push_back(mask);
    return;
  }
  intervals_[warp] = next_interval_++;
  partial_barriers_[warp].clear();
}

// Whether all that `lanes` did then is seen by the lane that is here now. It did something itself.
bool SharedMemory::ordered(std::uint32_t interval, std::uint32_t step, std::uint32_t warp,
                           std::uint32_t lanes, const Touch& now) const {
  if (interval < first_interval_) return true;
  if (warp != now.warp) return false;
  if (interval != intervals_[warp]) return true;
  const std::vector<std::uint32_t>& masks = partial_barriers_[warp];
  for (; lanes != 0; lanes &= lanes - 1) {
    std::uint32_t reached = lanes & -lanes;
    for (std::size_t i = step; i < masks.size(); ++i) {
      if ((masks[i] & reached) != 0) reached |= masks[i];
    }
    if ((reached & (1U << now.lane)) == 0) return false;
  }
  return true;
}

void SharedMemory::fail_race(const Touch& touch, const char* now, const char* before,
                             std::uint32_t thread, std::uint32_t line) const {
  throw LaneFault(touch.lane, std::string("race on shared memory: ") + now + " what thread " +
                                  std::to_string(thread) + " of the block " + before + " in line " +
                                  std::to_string(line) + ", without a barrier between them");
}

void SharedMemory::check_write_before(const Cell& cell, const Touch& touch, const char* now,
                                      bool atomic) const {
  const Writing& last = cell.last_write;
  if (last.interval < first_interval_) return;
  if (last.thread == touch.warp * kLanesOfWarp + touch.lane || (atomic && last.atomic)) return;
  const std::uint32_t lane = 1U << (last.thread % kLanesOfWarp);
  if (ordered(last.interval, last.step, last.thread / kLanesOfWarp, lane, touch)) return;
  fail_race(touch, now, "writes", last.thread, last.line);
}

void SharedMemory::check_reads_before(const Cell& cell, const Touch& touch) const {
  for (const Reading& reading : cell.reads) {
    if (reading.interval < first_interval_) continue;
    const bool own = reading.warp == touch.warp;
    const std::uint32_t others = own ? reading.lanes & ~(1U << touch.lane) : reading.lanes;
    if (others == 0 || ordered(reading.interval, reading.step, reading.warp, others, touch))
      continue;
    const auto lane = static_cast<std::uint32_t>(std::countr_zero(others));
    fail_race(touch, "writes", "reads", reading.warp * kLanesOfWarp + lane, reading.line);
  }
}

void SharedMemory::read(Cell& cell, const Touch& touch) {
  if (!cell.written) {
    throw LaneFault(touch.lane, "reads shared memory that nobody has written");
  }
  check_write_before(cell, touch, "reads", false);
  const std::uint32_t interval = intervals_[touch.warp];
  const auto step = static_cast<std::uint32_t>(partial_barriers_[touch.warp].size());
  for (Reading& reading : cell.reads) {
    if (reading.interval == interval) {
      reading.lanes |= 1U << touch.lane;
      return;
    }
  }
  for (Reading& reading : cell.reads) {
    if (reading.interval >= first_interval_ && reading.warp != touch.warp) continue;
    reading = {interval, touch.line, step, 1U << touch.lane,
               static_cast<std::uint16_t>(touch.warp)};
    return;
  }
}

void SharedMemory::write(Cell& cell, const Touch& touch, bool atomic) {
  check_write_before(cell, touch, "writes", atomic);
  check_reads_before(cell, touch);
  const std::uint32_t interval = intervals_[touch.warp];
  const auto thread = static_cast<std::uint16_t>(touch.warp * kLanesOfWarp + touch.lane);
  const auto step = static_cast<std::uint32_t>(partial_barriers_[touch.warp].size());
  cell.last_write = {interval, touch.line, step, thread, atomic};
  cell.written = true;
}

// From now on the bytes of the word are told apart.
std::array<SharedMemory::Cell, 4>& SharedMemory::parts_of(Cell& cell) {
  if (cell.parts == 0) {
    parts_.push_back({cell, cell, cell, cell});
    cell.parts = static_cast<std::uint32_t>(parts_.size());
  }
  return parts_[cell.parts - 1];
}

template <class Visit>
void SharedMemory::each_cell(const SharedAccess& access, const LaneAddresses& addresses,
                             Visit visit) {
  for (std::uint32_t rest = access.mask; rest != 0; rest &= rest - 1) {
    const auto lane = static_cast<std::uint32_t>(std::countr_zero(rest));
    const std::uint64_t address = addresses[lane];
    if (address >= bytes_.size() || bytes_.size() - address < access.bytes) {
      throw LaneFault(lane, "address " + std::to_string(address) + " of shared memory with " +
                                std::to_string(access.bytes) + " bytes: the block has " +
                                std::to_string(bytes_.size()));
    }
    const Touch touch{access.warp, lane, access.line};
    if (access.bytes < 4) {
      std::array<Cell, 4>& parts = parts_of(words_[address / 4]);
      for (std::uint32_t i = 0; i < access.bytes; ++i) visit(parts[address % 4 + i], touch);
      continue;
    }
    for (std::uint64_t word = address / 4; word < (address + access.bytes) / 4; ++word) {
      Cell& cell = words_[word];
      if (cell.parts == 0) {
        visit(cell, touch);
      } else {
        for (Cell& part : parts_of(cell)) visit(part, touch);
      }
    }
  }
}

void SharedMemory::note_loads(const SharedAccess& access, const LaneAddresses& addresses) {
  each_cell(access, addresses, [&](Cell& cell, const Touch& touch) { read(cell, touch); });
}
void SharedMemory::note_stores(const SharedAccess& access, const LaneAddresses& addresses) {
  each_cell(access, addresses, [&](Cell& cell, const Touch& touch) { write(cell, touch, false); });
}
void SharedMemory::note_atomics(const SharedAccess& access, const LaneAddresses& addresses) {
  each_cell(access, addresses, [&](Cell& cell, const Touch& touch) {
    if (!cell.written) {
      throw LaneFault(touch.lane, "adds to shared memory that nobody has written");
    }
    write(cell, touch, true);
  });
}

}  // namespace wordfire::emulator
