#include "io/row_preparer.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <xxhash.h>

#include <algorithm>

#include "core/error.h"
#include "core/rng.h"
#include "core/text_features.h"

namespace wordfire {
namespace {

// The random streams of a job; each is named by (seed, purpose) and the row's file and number.
enum class Purpose : uint64_t { kKeep = 1, kSplit = 2, kShuffle = 3 };

uint64_t seed_of(const Recipe& recipe, Purpose purpose) {
  return mix64(static_cast<uint64_t>(recipe.seed)) + static_cast<uint64_t>(purpose);
}

uint64_t row_random(const Recipe& recipe, Purpose purpose, size_t file, int64_t row) {
  return Rng(seed_of(recipe, purpose), file, static_cast<uint64_t>(row)).next();
}

// Uniform in [0, 1), 53 bits.
double as_share(uint64_t random) { return static_cast<double>(random >> 11) * 0x1p-53; }

}  // namespace

void PreparedBlock::clear() {
  for (Lines* lines : {&train, &test}) {
    lines->text.clear();
    lines->ends.clear();
    lines->shuffle.clear();
  }
  counts = {};
  classes.clear();
  faults.clear();
}

RowPreparer::RowPreparer(const Recipe& recipe, const ClassNames& classes, bool skip_bad)
    : recipe_(recipe), classes_(classes), skip_bad_(skip_bad) {}

void RowPreparer::prepare(const RowBlock& block, const std::string& file_name,
                          PreparedBlock& prepared) {
  prepared.clear();
  for (size_t i = 0; i < block.rows(); ++i) {
    if (is_blank_row(block.row(i))) {
      ++prepared.counts.blank;
    } else {
      ++prepared.counts.rows;
      prepare_row(block, i, file_name, prepared);
    }
  }
}

void RowPreparer::prepare_row(const RowBlock& block, size_t i, const std::string& file_name,
                              PreparedBlock& prepared) {
  const int64_t row = block.first_row + static_cast<int64_t>(i);
  RowCounts& counts = prepared.counts;
  if (as_share(row_random(recipe_, Purpose::kKeep, block.file, row)) >= recipe_.keep) {
    ++counts.left_out;
    return;
  }
  std::optional<RowFault> fault = read(*block.layout, block.row(i));
  if (!fault) fault = name_classes();
  if (fault) {
    const int64_t byte = block.file_offset + static_cast<int64_t>(block.row_begin(i) + fault->byte);
    std::string message =
        row_place(block.layout->format, file_name, byte, row) + ": " + fault->what;
    if (!skip_bad_) throw Error::data(message);
    ++counts.bad;
    if (prepared.faults.size() < PrepareReport::kMaxFaults)
      prepared.faults.push_back(std::move(message));
    return;
  }
  if (!write_labels()) {
    ++counts.no_label;
    return;
  }
  const size_t labels_end = line_.size();
  for (const std::string_view text : texts_) recipe_.normalize(text, line_);
  if (line_.size() == labels_end) {
    ++counts.no_text;
    return;
  }
  const uint64_t text_hash = XXH3_64bits_withSeed(
      line_.data() + labels_end, line_.size() - labels_end, seed_of(recipe_, Purpose::kSplit));
  add_line(text_hash, row_random(recipe_, Purpose::kShuffle, block.file, row), prepared);
}

std::optional<RowFault> RowPreparer::read(const TableLayout& layout, std::string_view row) {
  if (layout.format != TableFormat::kJsonLines) return read_fields(layout, row);
  auto fault = json_.parse(row, layout.label_names, layout.text_names);
  labels_.assign(json_.labels().begin(), json_.labels().end());
  texts_.assign(json_.texts().begin(), json_.texts().end());
  return fault;
}

std::optional<RowFault> RowPreparer::read_fields(const TableLayout& layout, std::string_view row) {
  if (auto fault = fields_.parse(row, layout.dialect)) return fault;
  const auto& values = fields_.values();
  if (values.size() != layout.columns) {
    return RowFault{
        0, fmt::format("{} columns, want {} as in the first row; -skipBad leaves such rows out",
                       values.size(), layout.columns)};
  }
  labels_.clear();
  texts_.clear();
  for (const size_t column : layout.label_columns) labels_.push_back(values[column]);
  for (const size_t column : layout.text_columns) texts_.push_back(values[column]);
  return std::nullopt;
}

void RowPreparer::split_labels() {
  std::vector<std::string_view> parts;
  for (std::string_view rest : labels_) {
    while (true) {
      const size_t end = rest.find(recipe_.label_separator);
      parts.push_back(rest.substr(0, end));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + recipe_.label_separator.size());
    }
  }
  labels_.swap(parts);
}

std::optional<RowFault> RowPreparer::name_classes() {
  const auto is_blank = [](std::string_view value) {
    return std::all_of(value.begin(), value.end(), is_separator);
  };
  if (!recipe_.label_separator.empty()) split_labels();
  std::erase_if(labels_, is_blank);
  if (!classes_.empty()) {
    for (std::string_view& label : labels_) {
      const auto name = classes_.find(label);
      if (!name) return RowFault{0, classes_.unknown(label)};
      label = *name;
    }
  }
  if (labels_.size() > 1) {
    seen_.clear();
    std::erase_if(labels_, [&](std::string_view label) { return !seen_.insert(label).second; });
  }
  return std::nullopt;
}

bool RowPreparer::write_labels() {
  line_.clear();
  label_ends_.clear();
  for (const std::string_view label : labels_) {
    if (recipe_.append_label(label, line_)) label_ends_.push_back(line_.size());
  }
  return !label_ends_.empty();
}

void RowPreparer::add_line(uint64_t text_hash, uint64_t shuffle_key, PreparedBlock& prepared) {
  size_t begin = 0;
  for (const size_t end : label_ends_) {
    const size_t name = begin + recipe_.label_prefix.size();
    const std::string_view label = std::string_view(line_).substr(name, end - name);
    const auto found = prepared.classes.find(label);
    ++(found != prepared.classes.end() ? found : prepared.classes.emplace(label, 0).first)->second;
    begin = end + 1;
  }
  if (!simdjson::validate_utf8(line_)) ++prepared.counts.not_utf8;
  line_ += '\n';
  const bool test = as_share(text_hash) < recipe_.split;
  ++(test ? prepared.counts.test : prepared.counts.train);
  PreparedBlock::Lines& lines = test ? prepared.test : prepared.train;
  lines.text += line_;
  lines.ends.push_back(lines.text.size());
  lines.shuffle.push_back(shuffle_key);
}

}  // namespace wordfire
