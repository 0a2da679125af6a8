// Turns the rows of a block into lines of training text; one RowPreparer a thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "io/class_names.h"
#include "io/csv_reader.h"
#include "io/json_rows.h"
#include "io/prepare.h"
#include "io/row_blocks.h"

namespace wordfire {

// The text that a block of rows became.
struct PreparedBlock {
  struct Lines {
    std::string text;               // whole lines
    std::vector<size_t> ends;       // of each line in `text`
    std::vector<uint64_t> shuffle;  // the random key of each line
  };

  Lines train;
  Lines test;
  RowCounts counts;
  ClassCounts classes;
  std::vector<std::string> faults;

  void clear();
};

class RowPreparer {
 public:
  // All references must outlive the object. skip_bad: bad rows are counted instead of thrown.
  RowPreparer(const Recipe& recipe, const ClassNames& classes, bool skip_bad);

  // file_name: as messages call the block's file. Throws Error (data) at the first bad row unless
  // they are skipped.
  void prepare(const RowBlock& block, const std::string& file_name, PreparedBlock& prepared);

 private:
  void prepare_row(const RowBlock& block, size_t i, const std::string& file_name,
                   PreparedBlock& prepared);
  // Fill labels_ and texts_ with what the row holds.
  [[nodiscard]] std::optional<RowFault> read(const TableLayout& layout, std::string_view row);
  [[nodiscard]] std::optional<RowFault> read_fields(const TableLayout& layout,
                                                    std::string_view row);
  void split_labels();
  // Turns the values in labels_ into class names, each once.
  [[nodiscard]] std::optional<RowFault> name_classes();
  // Puts the labels into line_; returns whether there is one.
  bool write_labels();
  void add_line(uint64_t text_hash, uint64_t shuffle_key, PreparedBlock& prepared);

  const Recipe& recipe_;
  const ClassNames& classes_;
  const bool skip_bad_;

  CsvFields fields_;
  JsonRow json_;
  std::vector<std::string_view> labels_;
  std::vector<std::string_view> texts_;
  std::unordered_set<std::string_view> seen_;
  std::vector<size_t> label_ends_;  // in line_
  std::string line_;
};

}  // namespace wordfire
