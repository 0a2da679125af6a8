// One instruction of the text as the machine runs it.
#pragma once

#include <string>

#include "emulator/ptx_code.h"
#include "emulator/ptx_operands.h"
#include "emulator/ptx_tokens.h"

namespace wordfire::emulator {

struct DecodedInstruction {
  Instruction instruction;
  RegisterUse use;
  std::string label;  // of a branch
};

// The cursor stands at its guard or its opcode, and then behind its semicolon. Throws
// std::runtime_error if the opcode or an operand is unknown.
DecodedInstruction decode_instruction(PtxCursor& cursor, PtxOperands& operands);

}  // namespace wordfire::emulator
