// A kernel as the machine runs it: instructions whose registers are rows of a warp's register file.
//
// A row has the values of 32 lanes beside each other; a row of predicates is one number with a bit
// for each lane. Numbers written in the text are rows of constants, which all warps share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wordfire::emulator {

inline constexpr std::uint32_t kLanesOfWarp = 32;
inline constexpr std::uint32_t kAllLanes = 0xffffffffu;

// Where a row begins, in bytes.
class Slot {
 public:
  Slot() = default;
  static Slot of_register(std::uint32_t offset) { return Slot(static_cast<std::int32_t>(offset)); }
  static Slot of_constant(std::uint32_t offset) { return Slot(~static_cast<std::int32_t>(offset)); }
  [[nodiscard]] bool constant() const { return at_ < 0; }
  [[nodiscard]] std::uint32_t offset() const {
    return static_cast<std::uint32_t>(constant() ? ~at_ : at_);
  }

 private:
  explicit Slot(std::int32_t at) : at_(at) {}
  std::int32_t at_ = 0;  // of constants: all its bits reversed, so that it is negative
};

enum class Work : std::uint8_t {
  kLanes,  // each lane for itself, in registers
  kBranch,
  kExit,
  kLoad,
  kStore,
  kAtomic,
  kShuffle,
  kVote,
  kActiveMask,
  kWarpBarrier,
  kBlockBarrier,
};

enum class Space : std::uint8_t { kGeneric, kGlobal, kShared, kParameter, kLocal };

struct Instruction;

// The rows of one warp.
struct Rows {
  std::byte* registers = nullptr;
  const std::byte* constants = nullptr;

  template <class T>
  [[nodiscard]] const T* read(Slot slot) const {
    return reinterpret_cast<const T*>((slot.constant() ? constants : registers) + slot.offset());
  }
  template <class T>
  [[nodiscard]] T* write(Slot slot) const {
    return reinterpret_cast<T*>(registers + slot.offset());
  }
};

// What Work::kLanes does for the lanes of a mask.
using LaneWork = void (*)(const Instruction&, const Rows&, std::uint32_t mask);

// Adds to, or replaces, what lies at `memory`; the value before goes to `before`.
using AtomicWork = void (*)(std::byte* memory, const std::byte* operand, const std::byte* other,
                            std::byte* before);

enum class Shuffle : std::uint8_t { kIndex, kXor, kUp, kDown };
enum class Vote : std::uint8_t { kBallot, kAny, kAll, kUniform };

struct Instruction {
  LaneWork lanes = nullptr;
  AtomicWork atomic = nullptr;
  std::array<Slot, 4> to{};
  std::array<Slot, 4> from{};  // of a memory access: the values; of others: the operands
  Slot address{};
  Slot guard{};
  std::int64_t offset = 0;   // of an address
  std::uint32_t target = 0;  // of a branch: an index of instructions
  std::uint32_t line = 0;    // of the text
  Work work = Work::kLanes;
  Space space = Space::kGeneric;
  Shuffle shuffle = Shuffle::kIndex;
  Vote vote = Vote::kBallot;
  std::uint8_t element_bytes = 0;                // of a memory access
  std::uint8_t elements = 0;                     // of a vector
  std::uint8_t address_bytes = 0;                // of the row of addresses
  std::array<std::uint8_t, 4> register_bytes{};  // of the values' registers, which may be wider
  bool sign_extended = false;                    // into a wider register
  bool guarded = false;
  bool guard_negated = false;
  bool on_floats = false;
  bool has_to = false;           // of an atomic: it is no red; of a shuffle: it has a predicate
  bool flushes_global = false;   // of an atomic: subnormal numbers in global memory
  bool operand_negated = false;  // of a vote
};

// Special registers, which are written once when a warp begins.
enum class Special : std::uint8_t { kTid, kNtid, kCtaid, kNctaid, kLaneid, kWarpid };
struct SpecialRow {
  Special which = Special::kTid;
  std::uint8_t axis = 0;
  Slot slot{};
};

struct PtxCode {
  std::vector<Instruction> instructions;
  std::vector<std::string> texts;  // of instructions
  std::vector<std::byte> constants;
  std::size_t register_bytes = 0;
  std::vector<SpecialRow> specials;
  std::size_t shared_alignment =
      16;  // of dynamic shared memory, which begins behind the static one
};

}  // namespace wordfire::emulator
