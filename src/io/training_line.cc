#include "io/training_line.h"

#include <algorithm>

#include "core/text_features.h"

namespace wordfire {
namespace {

std::string_view without_separators_at_ends(std::string_view text) {
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_separator(text.back())) text.remove_suffix(1);
  return text;
}

size_t find_separator(std::string_view text) {
  return static_cast<size_t>(std::find_if(text.begin(), text.end(), is_separator) - text.begin());
}

size_t find_token(std::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_separator) -
                             text.begin());
}

}  // namespace

void TrainingLine::add_gap() {
  if (out_.size() > begin_) out_ += ' ';
}

bool TrainingLine::add_label(std::string_view name) {
  name = without_separators_at_ends(name);
  if (name.starts_with(label_prefix_)) {
    name = without_separators_at_ends(name.substr(label_prefix_.size()));
  }
  if (name.empty()) return false;
  add_gap();
  out_ += label_prefix_;
  for (size_t i = 0; i < name.size(); ++i) {
    if (!is_separator(name[i])) {
      out_ += name[i];
    } else if (!is_separator(name[i - 1])) {
      out_ += '_';
    }
  }
  return true;
}

void TrainingLine::add_text(std::string_view text) {
  add_gap();
  const size_t begin = out_.size();
  out_ += text;
  for (size_t at = out_.find('\n', begin); at != std::string::npos; at = out_.find('\n', at + 1)) {
    out_[at] = ' ';
  }
}

void split_line(std::string_view line, std::string_view label_prefix, LineParts& parts) {
  parts.labels.clear();
  parts.text.clear();
  line = without_separators_at_ends(line);
  while (!line.empty()) {
    const size_t token = find_separator(line);
    const size_t next = token + find_token(line.substr(token));
    if (line.starts_with(label_prefix)) {
      parts.labels.push_back(line.substr(label_prefix.size(), token - label_prefix.size()));
    } else {
      parts.text += line.substr(0, next);
    }
    line.remove_prefix(next);
  }
  parts.text.resize(without_separators_at_ends(parts.text).size());
}

}  // namespace wordfire
