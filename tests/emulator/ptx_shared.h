// The shared memory of a block, which knows who has written and read what.
//
// Two accesses to the same bytes by different threads race if one of them writes and no barrier
// lies between them (PTX ISA, "Memory Consistency Model", "Data-Races"). Barriers are bar.warp.sync
// and bar.sync; shuffles and votes "do not imply a memory barrier" (CUDA C++ Programming Guide,
// "Warp Shuffle Functions"). Time is told in intervals: each warp has a new one after every barrier
// of all its lanes. An access is ordered before those in later intervals of its warp, and before
// all that follow the block's next barrier. Within an interval it is ordered before those of lanes
// that barriers of a part of the warp connect with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emulator/ptx_code.h"
#include "emulator/ptx_traffic.h"

namespace wordfire::emulator {

// One instruction of one warp.
struct SharedAccess {
  std::uint32_t warp = 0;
  std::uint32_t mask = 0;
  std::uint32_t bytes = 0;  // of a lane
  std::uint32_t line = 0;   // of the text
};

class SharedMemory {
 public:
  SharedMemory(std::size_t bytes, std::uint32_t warps, std::uint32_t threads);

  // Bytes [address, address + access.bytes) of each lane. Throw LaneFault: beyond the end, never
  // written, or a race. Addresses are multiples of access.bytes.
  void note_loads(const SharedAccess& access, const LaneAddresses& addresses);
  void note_stores(const SharedAccess& access, const LaneAddresses& addresses);
  void note_atomics(const SharedAccess& access, const LaneAddresses& addresses);
  [[nodiscard]] std::byte* data() { return bytes_.data(); }

  void warp_barrier(std::uint32_t warp, std::uint32_t mask);
  void block_barrier();

 private:
  struct Writing {
    std::uint32_t interval = 0;  // 0: none yet
    std::uint32_t line = 0;
    std::uint32_t step = 0;  // barriers of parts of the warp since the interval began
    std::uint16_t thread = 0;
    bool atomic = false;
  };
  struct Reading {
    std::uint32_t interval = 0;
    std::uint32_t line = 0;
    std::uint32_t step = 0;
    std::uint32_t lanes = 0;
    std::uint16_t warp = 0;
  };
  // What has happened to four bytes, or to one of them.
  struct Cell {
    Writing last_write;
    std::array<Reading, 2> reads;  // of two warps: then any writer differs from one of them
    bool written = false;          // it has a value
    std::uint32_t parts = 0;       // of four bytes used one by one: 1 + where their cells are
  };
  struct Touch {  // what one lane does
    std::uint32_t warp, lane, line;
  };

  template <class Visit>
  void each_cell(const SharedAccess& access, const LaneAddresses& addresses, Visit visit);
  std::array<Cell, 4>& parts_of(Cell& cell);
  void read(Cell& cell, const Touch& touch);
  void write(Cell& cell, const Touch& touch, bool atomic);
  void check_write_before(const Cell& cell, const Touch& touch, const char* now, bool atomic) const;
  void check_reads_before(const Cell& cell, const Touch& touch) const;
  [[nodiscard]] bool ordered(std::uint32_t interval, std::uint32_t step, std::uint32_t warp,
                             std::uint32_t lanes, const Touch& now) const;
  [[noreturn]] void fail_race(const Touch& touch, const char* now, const char* before,
                              std::uint32_t thread, std::uint32_t line) const;

  std::vector<std::byte> bytes_;
  std::vector<Cell> words_;                 // each of four bytes
  std::vector<std::array<Cell, 4>> parts_;  // of words
  std::uint32_t threads_;
  std::uint32_t next_interval_ = 1;
  std::uint32_t first_interval_ = 1;                          // since the block's last barrier
  std::vector<std::uint32_t> intervals_;                      // of the warps
  std::vector<std::vector<std::uint32_t>> partial_barriers_;  // masks, of each warp's interval
};

}  // namespace wordfire::emulator
