#include "emulator/ptx_atomics.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

namespace wordfire::emulator {
namespace {

template <class T>
T loaded(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

template <class T, class Operation>
void change(std::byte* memory, const std::byte* operand, const std::byte* other,
            std::byte* before) {
  const T old = loaded<T>(memory);
  const T value = Operation()(old, loaded<T>(operand), loaded<T>(other));
  std::memcpy(before, &old, sizeof(T));
  std::memcpy(memory, &value, sizeof(T));
}

template <class T, class Operation>
AtomicForm form_of(Operation /*stateless*/) {
  return {change<T, Operation>, sizeof(T), false, false};
}

template <class T>
AtomicForm find_arithmetic(std::string_view operation) {
  using Wrapping = std::make_unsigned_t<T>;
  if (operation == "add") {
    return form_of<Wrapping>([](Wrapping a, Wrapping b, Wrapping) { return Wrapping(a + b); });
  }
  if (operation == "min") return form_of<T>([](T a, T b, T) { return std::min(a, b); });
  if (operation == "max") return form_of<T>([](T a, T b, T) { return std::max(a, b); });
  return {};
}

template <class T>
AtomicForm find_bitwise(std::string_view operation) {
  if (operation == "and") return form_of<T>([](T a, T b, T) { return T(a & b); });
  if (operation == "or") return form_of<T>([](T a, T b, T) { return T(a | b); });
  if (operation == "xor") return form_of<T>([](T a, T b, T) { return T(a ^ b); });
  if (operation == "exch") return form_of<T>([](T, T b, T) { return b; });
  if (operation != "cas") return {};
  AtomicForm form = form_of<T>([](T a, T b, T c) { return a == b ? c : a; });
  form.compares = true;
  return form;
}

template <class T>
AtomicForm find_float(std::string_view operation) {
  if (operation != "add") return {};
  AtomicForm form = form_of<T>([](T a, T b, T) { return a + b; });
  form.flushes_global = sizeof(T) == 4;
  return form;
}

}  // namespace

AtomicForm find_atomic(std::string_view operation, std::string_view type) {
  if (type == "f32") return find_float<float>(operation);
  if (type == "f64") return find_float<double>(operation);
  if (type == "b32") return find_bitwise<std::uint32_t>(operation);
  if (type == "b64") return find_bitwise<std::uint64_t>(operation);
  if (type == "u32") return find_arithmetic<std::uint32_t>(operation);
  if (type == "u64") return find_arithmetic<std::uint64_t>(operation);
  if (type == "s32") return find_arithmetic<std::int32_t>(operation);
  if (type == "s64") return find_arithmetic<std::int64_t>(operation);
  return {};
}

void flush_float(std::byte* value) {
  const auto number = loaded<float>(value);
  if (std::fabs(number) >= std::numeric_limits<float>::min() || number != number) return;
  const float zero = std::copysign(0.0F, number);
  std::memcpy(value, &zero, sizeof(zero));
}

}  // namespace wordfire::emulator
