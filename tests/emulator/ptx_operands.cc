#include "emulator/ptx_operands.h"

#include <charconv>
#include <cstring>
#include <optional>

namespace wordfire::emulator {
namespace {

std::optional<Special> special_of(std::string_view name) {
  if (name == "%tid") return Special::kTid;
  if (name == "%ntid") return Special::kNtid;
  if (name == "%ctaid") return Special::kCtaid;
  if (name == "%nctaid") return Special::kNctaid;
  if (name == "%laneid") return Special::kLaneid;
  if (name == "%warpid") return Special::kWarpid;
  return std::nullopt;
}

// 0f3F800000 and 0d3FF0000000000000; 0: it is none.
std::uint8_t bytes_of_float(std::string_view text) {
  if (text.size() == 10 && (text.starts_with("0f") || text.starts_with("0F"))) return 4;
  if (text.size() == 18 && (text.starts_with("0d") || text.starts_with("0D"))) return 8;
  return 0;
}

}  // namespace

std::uint8_t bytes_of_type(const PtxCursor& cursor, std::string_view type) {
  if (!type.empty() && type[0] == '.') type.remove_prefix(1);
  if (type == "pred") return 0;
  const bool known =
      type.size() >= 2 && std::string_view("busf").find(type[0]) != std::string::npos;
  const std::string_view bits = known ? type.substr(1) : "";
  if (bits == "8" && type[0] != 'f') return 1;
  if (bits == "16" && type[0] != 'f') return 2;
  if (bits == "32") return 4;
  if (bits == "64") return 8;
  cursor.fail("unknown type \"" + std::string(type) + "\"");
}

PtxOperands::PtxOperands() { open_scope(); }

std::uint32_t PtxOperands::add_register(std::uint8_t bytes) {
  register_bytes_.push_back(bytes);
  return static_cast<std::uint32_t>(register_bytes_.size() - 1);
}

void PtxOperands::declare_register(const std::string& name, std::uint8_t bytes) {
  scopes_.back()[name] = add_register(bytes);
}

void PtxOperands::declare_variable(const std::string& name, std::uint64_t address) {
  variables_[name] = address;
}

const std::uint32_t* PtxOperands::find_register(std::string_view name) const {
  const std::string key(name);
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    const auto found = scope->find(key);
    if (found != scope->end()) return &found->second;
  }
  return nullptr;
}

Slot PtxOperands::known_register(PtxCursor& cursor, std::uint8_t bytes, bool wider) {
  const std::uint32_t* const number = find_register(cursor.peek().text);
  if (number == nullptr) {
    cursor.fail("unknown operand \"" + std::string(cursor.peek().text) + "\"");
  }
  last_bytes_ = register_bytes_[*number];
  const bool fits = last_bytes_ == bytes || (wider && bytes != 0 && last_bytes_ > bytes);
  if (!fits) {
    cursor.fail("register " + std::string(cursor.peek().text) + " has " +
                std::to_string(last_bytes_) + " bytes, want " + std::to_string(bytes));
  }
  cursor.next();
  return Slot::of_register(*number);
}

bool PtxOperands::special(PtxCursor& cursor, Slot& slot) {
  const std::string_view text = cursor.peek().text;
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::optional<Special> which = special_of(text.substr(0, dot));
  if (!which) return false;
  const std::size_t axis =
      dot == text.size() ? 0 : std::string_view("xyz").find(text.substr(dot + 1));
  if (axis > 2) cursor.fail("unknown special register " + std::string(text));
  cursor.next();
  last_bytes_ = 4;
  for (const auto& [number, row] : specials_) {
    if (row.which == *which && row.axis == axis) {
      slot = Slot::of_register(number);
      return true;
    }
  }
  slot = Slot::of_register(add_register(4));
  specials_.push_back({slot.offset(), {*which, static_cast<std::uint8_t>(axis), {}}});
  return true;
}

std::uint64_t PtxOperands::number(PtxCursor& cursor, std::uint8_t bytes) {
  const bool negative = cursor.accept("-");
  const std::string_view text = cursor.peek().text;
  std::uint64_t value = 0;
  if (const std::uint8_t size = bytes_of_float(text); size != 0) {
    if (size != bytes || negative) cursor.fail("a number of this type does not fit here");
    std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  } else if (!parse_whole_number(text, value)) {
    cursor.fail("unknown operand \"" + std::string(text) + "\"");
  }
  cursor.next();
  return negative ? 0 - value : value;
}

Slot PtxOperands::constant(std::uint64_t bits, std::uint8_t bytes) {
  if (bytes == 0) bits = bits != 0 ? kAllLanes : 0;
  if (bytes != 0 && bytes < 8) bits &= (std::uint64_t{1} << (8 * bytes)) - 1;
  const auto [known, is_new] = known_constants_.try_emplace({bytes, bits});
  if (!is_new) return known->second;
  const std::size_t begin = (constants_.size() + 63) / 64 * 64;
  const std::size_t width = bytes == 0 ? 4 : bytes;
  constants_.resize(begin + width * (bytes == 0 ? 1 : kLanesOfWarp));
  for (std::size_t at = begin; at < constants_.size(); at += width) {
    std::memcpy(constants_.data() + at, &bits, width);
  }
  known->second = Slot::of_constant(static_cast<std::uint32_t>(begin));
  return known->second;
}

Slot PtxOperands::source(PtxCursor& cursor, std::uint8_t bytes, bool wider) {
  const std::string_view text = cursor.peek().text;
  Slot slot;
  if (bytes == 4 && special(cursor, slot)) {
    use_.reads.push_back(slot.offset());
    return slot;
  }
  if (const auto found = variables_.find(std::string(text)); found != variables_.end()) {
    cursor.next();
    last_bytes_ = bytes;
    return constant(found->second, bytes);
  }
  if (find_register(text) != nullptr) {
    slot = known_register(cursor, bytes, wider);
    use_.reads.push_back(slot.offset());
    return slot;
  }
  last_bytes_ = bytes;
  return constant(number(cursor, bytes), bytes);
}

Slot PtxOperands::result(PtxCursor& cursor, std::uint8_t bytes, bool wider) {
  Slot slot;
  if (cursor.accept("_")) {
    last_bytes_ = bytes;
    slot = Slot::of_register(add_register(bytes));
  } else {
    slot = known_register(cursor, bytes, wider);
  }
  use_.writes.push_back(slot.offset());
  return slot;
}

void PtxOperands::address(PtxCursor& cursor, Instruction& instruction) {
  cursor.expect("[");
  const bool short_register = find_register(cursor.peek().text) != nullptr &&
                              register_bytes_[*find_register(cursor.peek().text)] == 4;
  instruction.address_bytes = short_register ? 4 : 8;
  instruction.address = source(cursor, instruction.address_bytes);
  if (cursor.accept("+")) instruction.offset = static_cast<std::int64_t>(number(cursor, 8));
  cursor.expect("]");
}

}  // namespace wordfire::emulator
