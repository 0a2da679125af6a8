#include "emulator/ptx_tokens.h"

#include <cctype>
#include <charconv>
#include <stdexcept>

namespace wordfire::emulator {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '.' ||
         c == '%';
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// The length of the word that `rest` begins with.
std::size_t word_length(std::string_view rest) {
  if (rest[0] == '"') {
    const std::size_t end = rest.find('"', 1);
    return end == std::string_view::npos ? rest.size() : end + 1;
  }
  std::size_t length = 0;
  while (length < rest.size() && is_word(rest[length])) ++length;
  return length == 0 ? 1 : length;
}

}  // namespace

PtxCursor::PtxCursor(std::string_view text) {
  std::uint32_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view rest = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    lines_.push_back(trimmed(rest));
    ++number;
    rest = trimmed(rest.substr(0, rest.find("//")));
    while (!rest.empty()) {
      const std::size_t length = word_length(rest);
      tokens_.push_back({rest.substr(0, length), number});
      rest = trimmed(rest.substr(length));
    }
  }
  tokens_.push_back({{}, number});
}

const PtxToken& PtxCursor::peek(std::size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

PtxToken PtxCursor::next() {
  const PtxToken token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool PtxCursor::accept(std::string_view word) {
  if (peek().text != word) return false;
  next();
  return true;
}

void PtxCursor::expect(std::string_view word) {
  if (!accept(word)) {
    fail("got \"" + std::string(peek().text) + "\", want \"" + std::string(word) + "\"");
  }
}

std::uint64_t PtxCursor::number() {
  std::uint64_t value = 0;
  if (!parse_whole_number(peek().text, value)) {
    fail("got \"" + std::string(peek().text) + "\", want a number");
  }
  next();
  return value;
}

std::string_view PtxCursor::line(std::uint32_t number) const {
  return number >= 1 && number <= lines_.size() ? lines_[number - 1] : std::string_view();
}

void PtxCursor::fail(const std::string& what) const { fail_at(peek().line, what); }

void PtxCursor::fail_at(std::uint32_t number, const std::string& what) const {
  throw std::runtime_error("PTX line " + std::to_string(number) + ": " + what + ": " +
                           std::string(line(number)));
}

bool parse_whole_number(std::string_view text, std::uint64_t& value) {
  if (!text.empty() && text.back() == 'U') text.remove_suffix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace wordfire::emulator
