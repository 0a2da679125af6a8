#include "emulator/ptx_exchange.h"

#include <bit>
#include <string>

#include "emulator/ptx_fault.h"
#include "emulator/ptx_lanes.h"

namespace wordfire::emulator {
namespace {

struct Source {
  std::uint32_t lane;
  bool in_range;
};

// b: lane or distance. c: the end of the segment, and above it the bits that are the segment's.
Source source_of(Shuffle kind, std::uint32_t lane, std::uint32_t b, std::uint32_t c) {
  const std::uint32_t distance = b & 31;
  const std::uint32_t end = c & 31;
  const std::uint32_t segment = (c >> 8) & 31;
  const std::uint32_t last = (lane & segment) | (end & ~segment);
  const std::uint32_t first = lane & segment;
  std::uint32_t from = lane;
  bool in_range = true;
  switch (kind) {
    case Shuffle::kUp:
      in_range = static_cast<std::int32_t>(lane - distance) >= static_cast<std::int32_t>(last);
      from = lane - distance;
      break;
    case Shuffle::kDown:
      from = lane + distance;
      in_range = from <= last;
      break;
    case Shuffle::kXor:
      from = lane ^ distance;
      in_range = from <= last;
      break;
    case Shuffle::kIndex:
      from = first | (distance & ~segment);
      in_range = from <= last;
      break;
  }
  return {in_range ? from : lane, in_range};
}

}  // namespace

void shuffle_lanes(const Instruction& instruction, const Rows& rows, std::uint32_t members) {
  const auto* const a = rows.read<std::uint32_t>(instruction.from[0]);
  const auto* const b = rows.read<std::uint32_t>(instruction.from[1]);
  const auto* const c = rows.read<std::uint32_t>(instruction.from[2]);
  LaneValues<std::uint32_t> values{};
  std::uint32_t in_range = 0;
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    const Source source = source_of(instruction.shuffle, lane, b[lane], c[lane]);
    const bool takes_part = (members & kLaneBit[lane]) != 0;
    if (takes_part && (members & kLaneBit[source.lane]) == 0) {
      throw LaneFault(lane, "reads a value of lane " + std::to_string(source.lane) +
                                ", which takes no part in the shuffle");
    }
    values[lane] = a[source.lane];
    in_range |= source.in_range ? kLaneBit[lane] : 0;
  }
  keep(rows.write<std::uint32_t>(instruction.to[0]), values, members);
  if (instruction.has_to) {
    keep_predicate(rows.write<std::uint32_t>(instruction.to[1]), in_range, members);
  }
}

void vote_lanes(const Instruction& instruction, const Rows& rows, std::uint32_t members) {
  const std::uint32_t said = *rows.read<std::uint32_t>(instruction.from[0]);
  const std::uint32_t ayes = (instruction.operand_negated ? ~said : said) & members;
  if (instruction.vote == Vote::kBallot) {
    LaneValues<std::uint32_t> values;
    values.fill(ayes);
    keep(rows.write<std::uint32_t>(instruction.to[0]), values, members);
    return;
  }
  bool result = ayes == members;
  if (instruction.vote == Vote::kAny) result = ayes != 0;
  if (instruction.vote == Vote::kUniform) result = ayes == members || ayes == 0;
  keep_predicate(rows.write<std::uint32_t>(instruction.to[0]), result ? kAllLanes : 0, members);
}

}  // namespace wordfire::emulator
