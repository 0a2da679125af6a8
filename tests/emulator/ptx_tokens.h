// The words of PTX text (PTX ISA, section "Syntax"), and a cursor over them that knows lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wordfire::emulator {

// A name, an opcode with its dots, a number, a "string", or one sign. Empty: the end of the text.
struct PtxToken {
  std::string_view text;
  std::uint32_t line = 0;  // from 1
};

class PtxCursor {
 public:
  // The text must live as long as the cursor.
  explicit PtxCursor(std::string_view text);

  [[nodiscard]] const PtxToken& peek(std::size_t ahead = 0) const;
  [[nodiscard]] bool done() const { return peek().text.empty(); }
  PtxToken next();
  // Takes the next word if it is this one.
  bool accept(std::string_view word);
  // Throws unless the next word is this one, which it takes.
  void expect(std::string_view word);
  // A whole number that is not negative.
  std::uint64_t number();

  // The text of a line without the blanks around it.
  [[nodiscard]] std::string_view line(std::uint32_t number) const;
  // Throws std::runtime_error: the line of the next word, its text, and what is wrong.
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_at(std::uint32_t line, const std::string& what) const;

 private:
  std::vector<std::string_view> lines_;
  std::vector<PtxToken> tokens_;
  std::size_t at_ = 0;
};

// 12, 0x1f, 12U; false if it is none.
bool parse_whole_number(std::string_view text, std::uint64_t& value);

}  // namespace wordfire::emulator
