#include "emulator/ptx_program.h"

#include <algorithm>

#include "emulator/ptx_kernel_parser.h"

namespace wordfire::emulator {
namespace {

// .section, .file and .loc tell debuggers where code comes from.
bool skip_debugging(PtxCursor& cursor) {
  const std::string_view text = cursor.peek().text;
  if (text != ".file" && text != ".section") return false;
  const bool section = text == ".section";
  const std::uint32_t line = cursor.peek().line;
  while (!cursor.done() && cursor.peek().line == line && cursor.peek().text != "{") cursor.next();
  if (!section) return true;
  cursor.expect("{");
  while (!cursor.accept("}")) {
    if (cursor.done()) cursor.fail("a section without an end");
    cursor.next();
  }
  return true;
}

void skip_header(PtxCursor& cursor) {
  const std::uint32_t line = cursor.peek().line;
  while (!cursor.done() && cursor.peek().line == line) cursor.next();
}

bool is_header(std::string_view text) {
  return text == ".version" || text == ".target" || text == ".address_size";
}

}  // namespace

PtxProgram::PtxProgram(std::string_view text) {
  PtxCursor cursor(text);
  std::vector<PtxVariable> shared;
  while (!cursor.done()) {
    if (is_header(cursor.peek().text)) {
      skip_header(cursor);
    } else if (skip_debugging(cursor) || cursor.accept(".visible") || cursor.accept(".extern") ||
               cursor.accept(".weak")) {
      continue;
    } else if (cursor.accept(".entry")) {
      kernels_.push_back(KernelParser(cursor, shared).parse());
    } else if (cursor.accept(".shared")) {
      shared.push_back(parse_variable(cursor));
      cursor.expect(";");
    } else {
      cursor.fail("unknown directive " + std::string(cursor.peek().text));
    }
  }
}

const PtxKernel* PtxProgram::find(std::string_view name) const {
  const auto found = std::find_if(kernels_.begin(), kernels_.end(),
                                  [&](const PtxKernel& kernel) { return kernel.name == name; });
  return found == kernels_.end() ? nullptr : &*found;
}

}  // namespace wordfire::emulator
