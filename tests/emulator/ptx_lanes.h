// Loops over the 32 lanes of rows. An operation is computed in all lanes and kept in those of the
// mask, so that the compiler makes vectors of it: it must be total (no trap, whatever it gets).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "emulator/ptx_code.h"
#include "emulator/ptx_forms.h"

namespace wordfire::emulator {

template <class T>
using LaneValues = std::array<T, kLanesOfWarp>;

// kLaneBit[lane] is the lane's bit in a mask.
inline constexpr LaneValues<std::uint32_t> kLaneBit = [] {
  LaneValues<std::uint32_t> bits{};
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) bits[lane] = std::uint32_t{1} << lane;
  return bits;
}();

template <class T>
void keep(T* to, const LaneValues<T>& values, std::uint32_t mask) {
  if (mask == kAllLanes) {
    for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) to[lane] = values[lane];
    return;
  }
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    to[lane] = (mask & kLaneBit[lane]) != 0 ? values[lane] : to[lane];
  }
}

inline void keep_predicate(std::uint32_t* to, std::uint32_t values, std::uint32_t mask) {
  *to = (*to & ~mask) | (values & mask);
}

// to = Operation()(from...), lane by lane.
template <class Operation, class To, class... From>
struct LaneLoop {
  static void run(const Instruction& instruction, const Rows& rows, std::uint32_t mask) {
    run(instruction, rows, mask, std::index_sequence_for<From...>());
  }

 private:
  template <std::size_t... which>
  static void run(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                  std::index_sequence<which...> /*operands*/) {
    compute(rows.write<To>(instruction.to[0]), mask, rows.read<From>(instruction.from[which])...);
  }
  static void compute(To* to, std::uint32_t mask, const From*... from) {
    LaneValues<To> values;
    for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
      values[lane] = Operation()(from[lane]...);
    }
    keep(to, values, mask);
  }
};

// predicate = Operation()(a, b), lane by lane.
template <class Operation, class From>
void compare_lanes(const Instruction& instruction, const Rows& rows, std::uint32_t mask) {
  const From* const a = rows.read<From>(instruction.from[0]);
  const From* const b = rows.read<From>(instruction.from[1]);
  std::uint32_t values = 0;
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    values |= Operation()(a[lane], b[lane]) ? kLaneBit[lane] : 0;
  }
  keep_predicate(rows.write<std::uint32_t>(instruction.to[0]), values, mask);
}

// The form of an operation whose result is a To and whose operands are Froms.
template <class To, class... From, class Operation>
LaneForm lane_form(Operation /*stateless*/, bool on_floats) {
  LaneForm form;
  form.work = LaneLoop<Operation, To, From...>::run;
  form.to = sizeof(To);
  form.from = {sizeof(From)...};
  form.operands = sizeof...(From);
  form.on_floats = on_floats;
  return form;
}

}  // namespace wordfire::emulator
