#include "emulator/ptx_kernel_parser.h"

#include <algorithm>

#include "emulator/ptx_registers.h"

namespace wordfire::emulator {
namespace {

std::size_t rounded_up(std::size_t value, std::size_t to) { return (value + to - 1) / to * to; }

// Whether the kernel's body, at whose brace the cursor stands, has this word.
bool body_names(const PtxCursor& cursor, const std::string& name) {
  int depth = 0;
  for (std::size_t i = 0; !cursor.peek(i).text.empty(); ++i) {
    const std::string_view text = cursor.peek(i).text;
    if (text == "{") ++depth;
    if (text == "}" && --depth == 0) return false;
    if (text == name) return true;
  }
  return false;
}

void skip_line(PtxCursor& cursor) {
  const std::uint32_t line = cursor.peek().line;
  while (!cursor.done() && cursor.peek().line == line) cursor.next();
}

}  // namespace

PtxVariable parse_variable(PtxCursor& cursor) {
  PtxVariable variable;
  if (cursor.accept(".align")) variable.align = cursor.number();
  const std::uint8_t bytes = bytes_of_type(cursor, cursor.next().text);
  variable.align = std::max<std::size_t>(variable.align, bytes);
  variable.bytes = bytes;
  variable.name = std::string(cursor.next().text);
  if (!cursor.accept("[")) return variable;
  variable.open_ended = cursor.peek().text == "]";
  variable.bytes *= variable.open_ended ? 0 : cursor.number();
  cursor.expect("]");
  return variable;
}

PtxKernel KernelParser::parse() {
  kernel_.name = std::string(cursor_.next().text);
  parameters();
  bounds();
  place_shared();
  body();
  connect_labels();
  assign();
  code_.constants = operands_.take_constants();
  kernel_.code = std::make_shared<const PtxCode>(std::move(code_));
  return std::move(kernel_);
}

void KernelParser::parameters() {
  if (!cursor_.accept("(")) return;
  while (!cursor_.accept(")")) {
    cursor_.expect(".param");
    const PtxVariable variable = parse_variable(cursor_);
    place(variable, kernel_.parameter_bytes);
    kernel_.parameters.push_back(
        {kernel_.parameter_bytes - variable.bytes, variable.bytes, variable.align});
    cursor_.accept(",");
  }
}

void KernelParser::bounds() {
  while (cursor_.peek().text != "{") {
    const std::string_view directive = cursor_.peek().text;
    const bool most = directive == ".maxntid";
    if (!most && directive != ".minnctapersm" && directive != ".maxnreg") {
      cursor_.fail("unknown directive " + std::string(directive));
    }
    cursor_.next();
    std::uint64_t product = cursor_.number();
    while (cursor_.accept(",")) product *= cursor_.number();
    if (most) kernel_.most_threads = static_cast<int>(product);
  }
}

// Static variables that the kernel names lie first, in their order; dynamic memory lies behind
// them.
void KernelParser::place_shared() {
  for (const PtxVariable& variable : module_shared_) {
    if (!variable.open_ended && body_names(cursor_, variable.name)) {
      place(variable, kernel_.static_shared_bytes);
    }
  }
  place_dynamic_shared();
}

void KernelParser::place_dynamic_shared() {
  for (const PtxVariable& variable : module_shared_) {
    if (variable.open_ended)
      code_.shared_alignment = std::max(code_.shared_alignment, variable.align);
  }
  for (const PtxVariable& variable : module_shared_) {
    if (!variable.open_ended) continue;
    operands_.declare_variable(variable.name,
                               rounded_up(kernel_.static_shared_bytes, code_.shared_alignment));
  }
}

void KernelParser::place(const PtxVariable& variable, std::size_t& used) {
  used = rounded_up(used, variable.align);
  operands_.declare_variable(variable.name, used);
  used += variable.bytes;
}

void KernelParser::body() {
  cursor_.expect("{");
  const std::size_t outside = operands_.scopes();
  operands_.open_scope();
  while (operands_.scopes() > outside) {
    if (cursor_.done()) cursor_.fail("the kernel's text ends early");
    if (cursor_.accept("{"))
      operands_.open_scope();
    else if (cursor_.accept("}"))
      operands_.close_scope();
    else if (cursor_.peek().text[0] == '.')
      directive();
    else
      statement();
  }
}

void KernelParser::directive() {
  if (cursor_.peek().text == ".loc") return skip_line(cursor_);
  if (cursor_.accept(".reg")) return registers();
  if (cursor_.accept(".pragma")) {
    cursor_.next();
    cursor_.expect(";");
    return;
  }
  const bool local = cursor_.peek().text == ".local";
  if (!local && cursor_.peek().text != ".shared") {
    cursor_.fail("unknown directive " + std::string(cursor_.peek().text));
  }
  cursor_.next();
  const PtxVariable variable = parse_variable(cursor_);
  if (variable.open_ended) cursor_.fail("a variable without a size");
  cursor_.expect(";");
  place(variable, local ? kernel_.local_bytes : kernel_.static_shared_bytes);
  place_dynamic_shared();
}

// .reg .b32 %r<12>; .reg .b64 %tmp, %other;
void KernelParser::registers() {
  const std::uint8_t bytes = bytes_of_type(cursor_, cursor_.next().text);
  do {
    const std::string name(cursor_.next().text);
    if (!cursor_.accept("<")) {
      operands_.declare_register(name, bytes);
      continue;
    }
    const std::uint64_t count = cursor_.number();
    cursor_.expect(">");
    for (std::uint64_t i = 0; i < count; ++i) {
      operands_.declare_register(name + std::to_string(i), bytes);
    }
  } while (cursor_.accept(","));
  cursor_.expect(";");
}

void KernelParser::statement() {
  if (cursor_.peek(1).text == ":") {
    labels_[std::string(cursor_.next().text)] =
        static_cast<std::uint32_t>(code_.instructions.size());
    cursor_.next();
    return;
  }
  DecodedInstruction decoded = decode_instruction(cursor_, operands_);
  if (!decoded.label.empty()) branches_.emplace_back(code_.instructions.size(), decoded.label);
  code_.texts.emplace_back(cursor_.line(decoded.instruction.line));
  code_.instructions.push_back(decoded.instruction);
  uses_.push_back(std::move(decoded.use));
}

void KernelParser::connect_labels() {
  const bool ends = !code_.instructions.empty() && !code_.instructions.back().guarded &&
                    (code_.instructions.back().work == Work::kExit ||
                     code_.instructions.back().work == Work::kBranch);
  if (!ends) cursor_.fail("the kernel " + kernel_.name + " does not end with ret, exit or bra");
  for (const auto& [at, label] : branches_) {
    const auto found = labels_.find(label);
    if (found == labels_.end() || found->second >= code_.instructions.size()) {
      cursor_.fail_at(code_.instructions[at].line, "unknown label " + label);
    }
    code_.instructions[at].target = found->second;
  }
}

// Gives all registers their rows.
void KernelParser::assign() {
  std::vector<std::uint32_t> always;
  for (const auto& [number, row] : operands_.specials()) always.push_back(number);
  const RegisterRows rows =
      assign_rows(code_.instructions, uses_, operands_.register_bytes(), always);
  const auto place = [&](Slot& slot) {
    const bool is_register = !slot.constant() && slot.offset() < rows.offsets.size();
    if (is_register) slot = Slot::of_register(rows.offsets[slot.offset()]);
  };
  for (Instruction& instruction : code_.instructions) {
    for (Slot& slot : instruction.to) place(slot);
    for (Slot& slot : instruction.from) place(slot);
    place(instruction.address);
    place(instruction.guard);
  }
  for (auto [number, row] : operands_.specials()) {
    row.slot = Slot::of_register(rows.offsets[number]);
    code_.specials.push_back(row);
  }
  code_.register_bytes = rows.bytes;
}

}  // namespace wordfire::emulator
