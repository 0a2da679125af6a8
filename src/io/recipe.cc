#include "io/recipe.h"

#include <algorithm>
#include <array>

#include "core/dictionary.h"
#include "core/text_features.h"
#include "io/letter_case.h"
#include "io/utf8.h"

namespace wordfire {
namespace {

constexpr std::string_view kLineBreakTag = "<br />";

enum class ByteClass : uint8_t {
  kWord,
  kBlank,
  kMark,       // a token of its own
  kDeleted,    // as if it were not there
  kTag,        // '<': a blank when it begins kLineBreakTag
  kMultibyte,  // not ASCII
};

using ByteClasses = std::array<ByteClass, 256>;

constexpr bool is_ascii_mark(int c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

constexpr ByteClass plain_class(int c, bool split_marks) {
  if (c >= 0x80) return ByteClass::kMultibyte;
  if (is_separator(static_cast<char>(c))) return ByteClass::kBlank;
  return split_marks && is_ascii_mark(c) ? ByteClass::kMark : ByteClass::kWord;
}

constexpr ByteClasses classes_of(Punctuation punctuation) {
  ByteClasses classes{};
  for (int c = 0; c < 256; ++c) classes[c] = plain_class(c, punctuation == Punctuation::kSplit);
  if (punctuation == Punctuation::kFastText) {
    for (const unsigned char c : {'.', ',', '(', ')', '!', '?', '\''})
      classes[c] = ByteClass::kMark;
    for (const unsigned char c : {';', ':'}) classes[c] = ByteClass::kBlank;
    classes['"'] = ByteClass::kDeleted;
    classes['<'] = ByteClass::kTag;
  }
  return classes;
}

constexpr ByteClasses kClasses[] = {classes_of(Punctuation::kSplit),
                                    classes_of(Punctuation::kFastText),
                                    classes_of(Punctuation::kKeep)};

constexpr std::array<char, 256> make_ascii_lower() {
  std::array<char, 256> lower{};
  for (int c = 0; c < 256; ++c) lower[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return lower;
}

constexpr std::array<char, 256> kAsciiLower = make_ascii_lower();

// White_Space of Unicode outside ASCII.
constexpr bool is_wide_blank(char32_t code) {
  return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
         code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

// Punctuation outside ASCII: inverted marks and guillemets, General Punctuation, CJK, full-width
// ASCII.
constexpr bool is_wide_mark(char32_t code) {
  if (code < 0x2010) return code == 0xA1 || code == 0xAB || code == 0xBB || code == 0xBF;
  return code <= 0x2027 || (code >= 0x2030 && code <= 0x205E) ||
         (code >= 0x3001 && code <= 0x3003) || (code >= 0x3008 && code <= 0x3011) ||
         (code >= 0x3014 && code <= 0x301F) || (code >= 0xFF01 && code <= 0xFF0F) ||
         (code >= 0xFF1A && code <= 0xFF20) || (code >= 0xFF3B && code <= 0xFF40) ||
         (code >= 0xFF5B && code <= 0xFF65);
}

void append_gap(std::string& out) {
  if (!out.empty() && out.back() != ' ' && out.back() != '\n') out += ' ';
}

// Reads raw text once, from left to right, and appends its tokens to `out`.
class TokenWriter {
 public:
  TokenWriter(const Recipe& recipe, std::string& out)
      : recipe_(recipe), classes_(kClasses[static_cast<size_t>(recipe.punctuation)]), out_(out) {}

  void write(std::string_view raw) {
    for (size_t i = 0; i < raw.size();) i += step(raw.substr(i));
    end_token();
  }

 private:
  // Consumes what `text` begins with; returns its bytes.
  size_t step(std::string_view text) {
    const auto c = static_cast<unsigned char>(text.front());
    switch (classes_[c]) {
      case ByteClass::kWord:
        return copy_word(text);
      case ByteClass::kBlank:
        end_token();
        return 1;
      case ByteClass::kMark:
        write_mark(text.substr(0, 1));
        return 1;
      case ByteClass::kDeleted:
        return 1;
      case ByteClass::kTag:
        if (!text.starts_with(kLineBreakTag)) return copy_word(text);
        end_token();
        return kLineBreakTag.size();
      case ByteClass::kMultibyte:
        return copy_wide(text);
    }
    return 1;
  }

  // The run of word bytes at the front, of which the first is taken whatever it is.
  size_t copy_word(std::string_view text) {
    size_t n = 1;
    while (n < text.size() && classes_[static_cast<unsigned char>(text[n])] == ByteClass::kWord)
      ++n;
    begin_token();
    const size_t at = out_.size();
    out_.append(text.substr(0, n));
    if (recipe_.lower) {
      for (size_t i = at; i < out_.size(); ++i)
        out_[i] = kAsciiLower[static_cast<unsigned char>(out_[i])];
    }
    return n;
  }

  size_t copy_wide(std::string_view text) {
    const Utf8Char character = first_utf8_char(text);
    if (is_wide_blank(character.code)) {
      end_token();
    } else if (recipe_.punctuation == Punctuation::kSplit && is_wide_mark(character.code)) {
      write_mark(text.substr(0, character.bytes));
    } else {
      begin_token();
      const char32_t lower = recipe_.lower ? lower_case(character.code) : character.code;
      const size_t bytes = std::max<size_t>(character.bytes, 1);
      if (lower == character.code) {
        out_.append(text.substr(0, bytes));
      } else {
        append_utf8(lower, out_);
      }
      return bytes;
    }
    return character.bytes;
  }

  void write_mark(std::string_view mark) {
    end_token();
    begin_token();
    out_.append(mark);
    end_token();
  }

  void begin_token() {
    if (in_token_) return;
    before_gap_ = out_.size();
    append_gap(out_);
    token_ = out_.size();
    in_token_ = true;
  }

  void end_token() {
    if (!in_token_) return;
    in_token_ = false;
    const std::string_view prefix = recipe_.label_prefix;
    std::string_view token = std::string_view(out_).substr(token_);
    while (!prefix.empty() && token.starts_with(prefix)) token.remove_prefix(prefix.size());
    if (token.empty() || token == kEndOfLine) {
      out_.resize(before_gap_);
    } else {
      out_.erase(token_, out_.size() - token_ - token.size());
    }
  }

  const Recipe& recipe_;
  const ByteClasses& classes_;
  std::string& out_;
  bool in_token_ = false;
  size_t before_gap_ = 0;  // size of out_ before the gap in front of the open token
  size_t token_ = 0;       // where the open token begins
};

}  // namespace

std::string_view punctuation_name(Punctuation punctuation) {
  constexpr std::string_view kNames[] = {"split", "fasttext", "keep"};
  return kNames[static_cast<size_t>(punctuation)];
}

std::optional<Punctuation> parse_punctuation(std::string_view name) {
  for (const auto each : {Punctuation::kSplit, Punctuation::kFastText, Punctuation::kKeep}) {
    if (punctuation_name(each) == name) return each;
  }
  return std::nullopt;
}

void Recipe::normalize(std::string_view raw, std::string& out) const {
  TokenWriter(*this, out).write(raw);
}

bool Recipe::append_label(std::string_view name, std::string& out) const {
  while (!name.empty() && is_separator(name.front())) name.remove_prefix(1);
  while (!name.empty() && is_separator(name.back())) name.remove_suffix(1);
  if (name.empty()) return false;
  append_gap(out);
  out += label_prefix;
  for (size_t i = 0; i < name.size(); ++i) {
    if (!is_separator(name[i])) {
      out += name[i];
    } else if (!is_separator(name[i - 1])) {
      out += '_';
    }
  }
  return true;
}

bool Recipe::treats_text_like(const Recipe& other) const {
  return lower == other.lower && punctuation == other.punctuation &&
         label_prefix == other.label_prefix;
}

}  // namespace wordfire
