#include "emulator/ptx_windows.h"

#include "emulator/ptx_forms.h"
#include "emulator/ptx_lanes.h"

namespace wordfire::emulator {

// cvta: from an address of a space to a generic one; cvta.to: the other way.
void add_address_forms(LaneForms& forms) {
  using Address = std::uint64_t;
  const auto add = [&](const char* name, auto operation) {
    forms[name] = lane_form<Address, Address>(operation, false);
  };
  add("cvta.global.u64", [](Address a) { return a; });
  add("cvta.to.global.u64", [](Address a) { return a; });
  add("cvta.shared.u64", [](Address a) { return a + kSharedWindow; });
  add("cvta.to.shared.u64", [](Address a) { return a - kSharedWindow; });
  add("cvta.local.u64", [](Address a) { return a + kLocalWindow; });
  add("cvta.to.local.u64", [](Address a) { return a - kLocalWindow; });
}

}  // namespace wordfire::emulator
