// The operands of a kernel's instructions: registers by name, numbers, addresses of variables (PTX
// ISA, sections "State Spaces, Types, and Variables" and "Instruction Operands").
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emulator/ptx_code.h"
#include "emulator/ptx_tokens.h"

namespace wordfire::emulator {

// 0: .pred. Throws at the cursor if it is no type of a register or a variable.
std::uint8_t bytes_of_type(const PtxCursor& cursor, std::string_view type);

// Until the registers have their rows, a Slot of a register has its number as offset.
struct RegisterUse {
  std::vector<std::uint32_t> reads;
  std::vector<std::uint32_t> writes;
};

class PtxOperands {
 public:
  PtxOperands();

  // Names of registers are known between open and close.
  void open_scope() { scopes_.emplace_back(); }
  void close_scope() { scopes_.pop_back(); }
  [[nodiscard]] std::size_t scopes() const { return scopes_.size(); }
  void declare_register(const std::string& name, std::uint8_t bytes);
  void declare_variable(const std::string& name, std::uint64_t address);

  // The next operand as a source of so many bytes in each lane (0: a predicate). Notes that it is
  // read. wider: a register may have more bytes.
  Slot source(PtxCursor& cursor, std::uint8_t bytes, bool wider = false);
  // The next operand as a register that is written; `_` is one that nobody reads.
  Slot result(PtxCursor& cursor, std::uint8_t bytes, bool wider = false);
  // What stands between [ and ]: fills address, address_bytes and offset.
  void address(PtxCursor& cursor, Instruction& instruction);
  // Of the operand that source or result has given last.
  [[nodiscard]] std::uint8_t last_bytes() const { return last_bytes_; }

  // What has been read and written since the last call.
  RegisterUse take_use() { return std::exchange(use_, {}); }
  Slot constant(std::uint64_t bits, std::uint8_t bytes);

  [[nodiscard]] const std::vector<std::uint8_t>& register_bytes() const { return register_bytes_; }
  [[nodiscard]] const std::vector<std::pair<std::uint32_t, SpecialRow>>& specials() const {
    return specials_;
  }
  std::vector<std::byte> take_constants() { return std::move(constants_); }

 private:
  std::uint32_t add_register(std::uint8_t bytes);
  Slot known_register(PtxCursor& cursor, std::uint8_t bytes, bool wider);
  [[nodiscard]] const std::uint32_t* find_register(std::string_view name) const;
  bool special(PtxCursor& cursor, Slot& slot);
  std::uint64_t number(PtxCursor& cursor, std::uint8_t bytes);

  std::vector<std::unordered_map<std::string, std::uint32_t>> scopes_;
  std::unordered_map<std::string, std::uint64_t> variables_;
  std::vector<std::uint8_t> register_bytes_;
  std::vector<std::pair<std::uint32_t, SpecialRow>> specials_;  // number of the register, its row
  std::map<std::pair<std::uint8_t, std::uint64_t>, Slot> known_constants_;
  std::vector<std::byte> constants_;
  RegisterUse use_;
  std::uint8_t last_bytes_ = 0;
};

}  // namespace wordfire::emulator
