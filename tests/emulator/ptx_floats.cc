// Arithmetic on floats (PTX ISA, section "Floating-Point Instructions"). Subnormal numbers are kept
// unless the opcode says .ftz. f32 gives one kind of NaN only, as a GPU does.
//
// The .approx forms are computed exactly here where a GPU may be off by some units in the last
// place: results differ from a GPU's as they do between GPUs.
#include <bit>
#include <cmath>
#include <limits>

#include "emulator/ptx_fma.h"
#include "emulator/ptx_forms.h"
#include "emulator/ptx_lanes.h"
#include "emulator/ptx_rounding.h"

namespace wordfire::emulator {
namespace {

constexpr float kNan = std::bit_cast<float>(0x7fffffffU);

float canonical(float value) { return value != value ? kNan : value; }
double canonical(double value) { return value; }

template <class T>
bool is_subnormal(T value) {
  return std::fabs(value) < std::numeric_limits<T>::min();
}
float flushed(float value) { return is_subnormal(value) ? std::copysign(0.0F, value) : value; }

// A number before none, and -0 below 0.
template <class T>
T least(T a, T b) {
  if (a != a) return canonical(b);
  if (b != b) return a;
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}
template <class T>
T most(T a, T b) {
  return -least<T>(-a, -b);
}
template <>
float most(float a, float b) {
  if (a != a && b != b) return kNan;
  return -least(-a, -b);
}

template <class T, class... From, class Operation>
void add_form(LaneForms& forms, const std::string& name, Operation operation) {
  forms[name] = lane_form<T, From...>(operation, true);
}

template <class T>
void add_basic(LaneForms& forms, const std::string& type) {
  for (const std::string rounding : {"", "rn."}) {
    const std::string end = rounding + type;
    add_form<T, T, T>(forms, "add." + end, [](T a, T b) { return canonical(a + b); });
    add_form<T, T, T>(forms, "sub." + end, [](T a, T b) { return canonical(a - b); });
    add_form<T, T, T>(forms, "mul." + end, [](T a, T b) { return canonical(a * b); });
  }
  add_form<T, T, T>(forms, "div.rn." + type, [](T a, T b) { return canonical(a / b); });
  add_form<T, T>(forms, "rcp.rn." + type, [](T a) { return canonical(T{1} / a); });
  add_form<T, T>(forms, "sqrt.rn." + type, [](T a) { return canonical(std::sqrt(a)); });
  add_form<T, T>(forms, "neg." + type, [](T a) { return canonical(-a); });
  add_form<T, T>(forms, "abs." + type, [](T a) { return canonical(std::fabs(a)); });
  add_form<T, T, T>(forms, "min." + type, [](T a, T b) { return least(a, b); });
  add_form<T, T, T>(forms, "max." + type, [](T a, T b) { return most(a, b); });
  add_form<T, T, T>(forms, "copysign." + type, [](T a, T b) { return std::copysign(b, a); });
}

// A processor has no exp2 for vectors, but this many calls are still few.
void add_approximate(LaneForms& forms) {
  add_form<float, float>(forms, "ex2.approx.f32", [](float a) { return canonical(std::exp2(a)); });
  add_form<float, float>(forms, "ex2.approx.ftz.f32",
                         [](float a) { return flushed(canonical(std::exp2(flushed(a)))); });
  add_form<float, float>(forms, "lg2.approx.f32", [](float a) { return canonical(std::log2(a)); });
  add_form<float, float>(forms, "lg2.approx.ftz.f32",
                         [](float a) { return canonical(std::log2(flushed(a))); });
  add_form<float, float>(forms, "sqrt.approx.f32", [](float a) { return canonical(std::sqrt(a)); });
  add_form<float, float>(forms, "rsqrt.approx.f32",
                         [](float a) { return canonical(1 / std::sqrt(a)); });
  add_form<float, float>(forms, "rcp.approx.ftz.f32",
                         [](float a) { return flushed(canonical(1 / flushed(a))); });
  add_form<float, float, float>(forms, "div.approx.f32",
                                [](float a, float b) { return canonical(a / b); });
  add_form<float, float, float>(forms, "div.full.f32",
                                [](float a, float b) { return canonical(a / b); });
}

void add_directed(LaneForms& forms) {
  add_form<float, float, float>(forms, "add.rz.f32",
                                [](float a, float b) { return canonical(sum_to_zero(a, b)); });
  add_form<float, float, float>(forms, "add.rm.f32",
                                [](float a, float b) { return canonical(sum_down(a, b)); });
  add_form<float, float, float, float>(
      forms, "fma.rm.f32", [](float a, float b, float c) { return canonical(fma_down(a, b, c)); });
}

void multiply_and_add(const Instruction& instruction, const Rows& rows, std::uint32_t mask) {
  LaneValues<float> values;
  fma_of_lanes(rows.read<float>(instruction.from[0]), rows.read<float>(instruction.from[1]),
               rows.read<float>(instruction.from[2]), values.data());
  for (float& value : values) value = canonical(value);
  keep(rows.write<float>(instruction.to[0]), values, mask);
}

}  // namespace

void add_float_forms(LaneForms& forms) {
  add_basic<float>(forms, "f32");
  add_basic<double>(forms, "f64");
  add_approximate(forms);
  add_directed(forms);
  add_form<double, double, double, double>(
      forms, "fma.rn.f64", [](double a, double b, double c) { return std::fma(a, b, c); });
  add_form<float, float, float, float>(forms, "fma.rn.f32",
                                       [](float a, float b, float c) { return std::fma(a, b, c); });
  forms["fma.rn.f32"].work = multiply_and_add;
}

}  // namespace wordfire::emulator
