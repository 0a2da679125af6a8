#include "emulator/ptx_forms.h"

namespace wordfire::emulator {
namespace {

LaneForms all_forms() {
  LaneForms forms;
  add_integer_forms(forms);
  add_float_forms(forms);
  add_comparisons(forms);
  add_conversions(forms);
  add_address_forms(forms);
  return forms;
}

}  // namespace

const LaneForm* find_lane_form(const std::string& opcode) {
  static const LaneForms forms = all_forms();
  const auto found = forms.find(opcode);
  return found == forms.end() ? nullptr : &found->second;
}

}  // namespace wordfire::emulator
