// JSON lines (jsonlines.org): one object a line, whose members are the columns of a row.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/row_fault.h"

namespace wordfire {

class JsonRow {
 public:
  // Bytes behind a line that must be readable; their values do not matter.
  static constexpr size_t kPadding = 64;

  JsonRow();
  ~JsonRow();

  // Reads one line. A label column is a string, a number, true or false, null (no label), or a list
  // of these (several labels); a text column is the same (a list: its parts in order). Returns what
  // is wrong, if anything: not JSON (UTF-8 and escapes included), not an object, a column that is
  // not there or holds an object or a list of lists.
  [[nodiscard]] std::optional<RowFault> parse(std::string_view line,
                                              const std::vector<std::string>& label_columns,
                                              const std::vector<std::string>& text_columns);

  // Of the line parsed last; views live until the next parse(). Numbers are in the shortest form
  // that reads back.
  [[nodiscard]] const std::vector<std::string_view>& labels() const { return labels_; }
  [[nodiscard]] const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  struct Parser;

  std::unique_ptr<Parser> parser_;
  std::vector<std::string_view> labels_;
  std::vector<std::string_view> texts_;
  std::deque<std::string> numbers_;  // stable memory for views
};

}  // namespace wordfire
