// setp and selp, and mov, which moves whatever it gets (PTX ISA, section "Comparison and Selection
// Instructions").
#include <cmath>

#include "emulator/ptx_forms.h"
#include "emulator/ptx_lanes.h"

namespace wordfire::emulator {
namespace {

template <class T, class Operation>
void add_comparison(LaneForms& forms, const std::string& name, const std::string& type,
                    Operation /*stateless*/) {
  LaneForm form;
  form.work = compare_lanes<Operation, T>;
  form.from = {sizeof(T), sizeof(T)};
  form.operands = 2;
  form.on_floats = std::is_floating_point_v<T>;
  forms["setp." + name + "." + type] = form;
}

template <class T>
void add_ordered(LaneForms& forms, const std::string& type) {
  add_comparison<T>(forms, "eq", type, [](T a, T b) { return a == b; });
  // Of floats: both are numbers, and they differ.
  add_comparison<T>(forms, "ne", type, [](T a, T b) { return a < b || a > b; });
  add_comparison<T>(forms, "lt", type, [](T a, T b) { return a < b; });
  add_comparison<T>(forms, "le", type, [](T a, T b) { return a <= b; });
  add_comparison<T>(forms, "gt", type, [](T a, T b) { return a > b; });
  add_comparison<T>(forms, "ge", type, [](T a, T b) { return a >= b; });
}

template <class T>
void add_equality(LaneForms& forms, const std::string& type) {
  add_comparison<T>(forms, "eq", type, [](T a, T b) { return a == b; });
  add_comparison<T>(forms, "ne", type, [](T a, T b) { return a != b; });
}

// True as well where one of both is no number.
template <class T>
void add_unordered(LaneForms& forms, const std::string& type) {
  add_comparison<T>(forms, "equ", type, [](T a, T b) { return !(a < b || a > b); });
  add_comparison<T>(forms, "neu", type, [](T a, T b) { return a != b; });
  add_comparison<T>(forms, "ltu", type, [](T a, T b) { return !(a >= b); });
  add_comparison<T>(forms, "leu", type, [](T a, T b) { return !(a > b); });
  add_comparison<T>(forms, "gtu", type, [](T a, T b) { return !(a <= b); });
  add_comparison<T>(forms, "geu", type, [](T a, T b) { return !(a < b); });
  add_comparison<T>(forms, "num", type, [](T a, T b) { return a == a && b == b; });
  add_comparison<T>(forms, "nan", type, [](T a, T b) { return a != a || b != b; });
}

template <class T>
void select_lanes(const Instruction& instruction, const Rows& rows, std::uint32_t mask) {
  const T* const a = rows.read<T>(instruction.from[0]);
  const T* const b = rows.read<T>(instruction.from[1]);
  const std::uint32_t first = *rows.read<std::uint32_t>(instruction.from[2]);
  LaneValues<T> values;
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    values[lane] = (first & kLaneBit[lane]) != 0 ? a[lane] : b[lane];
  }
  keep(rows.write<T>(instruction.to[0]), values, mask);
}

template <class T>
void add_moves(LaneForms& forms, std::initializer_list<const char*> types) {
  LaneForm select;
  select.work = select_lanes<T>;
  select.to = sizeof(T);
  select.from = {sizeof(T), sizeof(T), 0};
  select.operands = 3;
  for (const std::string type : types) {
    forms["mov." + type] = lane_form<T, T>([](T a) { return a; }, false);
    forms["selp." + type] = select;
  }
}

}  // namespace

void add_comparisons(LaneForms& forms) {
  add_ordered<std::int16_t>(forms, "s16");
  add_ordered<std::uint16_t>(forms, "u16");
  add_ordered<std::int32_t>(forms, "s32");
  add_ordered<std::uint32_t>(forms, "u32");
  add_ordered<std::int64_t>(forms, "s64");
  add_ordered<std::uint64_t>(forms, "u64");
  add_ordered<float>(forms, "f32");
  add_ordered<double>(forms, "f64");
  add_unordered<float>(forms, "f32");
  add_unordered<double>(forms, "f64");
  add_equality<std::uint16_t>(forms, "b16");
  add_equality<std::uint32_t>(forms, "b32");
  add_equality<std::uint64_t>(forms, "b64");
  add_moves<std::uint16_t>(forms, {"b16", "u16", "s16"});
  add_moves<std::uint32_t>(forms, {"b32", "u32", "s32", "f32"});
  add_moves<std::uint64_t>(forms, {"b64", "u64", "s64", "f64"});
}

}  // namespace wordfire::emulator
