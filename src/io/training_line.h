// The line of training text that labels and a text make, and the way back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wordfire {

// Appends one line to a string: labels, then the text.
class TrainingLine {
 public:
  // label_prefix, out: must outlive the line.
  TrainingLine(std::string_view label_prefix, std::string& out)
      : label_prefix_(label_prefix), out_(out), begin_(out.size()) {}

  // The prefix, if `name` does not begin with it, and `name`, runs of separators in it turned into
  // '_', those at its ends dropped. Returns false, with nothing appended, when no name is left.
  [[nodiscard]] bool add_label(std::string_view name);
  // `text` with a blank for each line end in it. Several texts are joined by a blank.
  void add_text(std::string_view text);
  void end() { out_ += '\n'; }
  // Takes back what was added.
  void cancel() { out_.resize(begin_); }

 private:
  void add_gap();

  std::string_view label_prefix_;
  std::string& out_;
  size_t begin_;
};

// A line taken apart.
struct LineParts {
  std::vector<std::string_view> labels;  // without prefix; views of the line
  std::string text;                      // the rest, without separators at its ends
};

// line: with or without its end. Tokens that begin with the prefix are labels, wherever they stand.
void split_line(std::string_view line, std::string_view label_prefix, LineParts& parts);

}  // namespace wordfire
