#include "io/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "core/error.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "io/atomic_file.h"
#include "io/byte_source.h"
#include "io/class_names.h"
#include "io/prepare_check.h"
#include "io/row_blocks.h"
#include "io/row_preparer.h"
#include "io/scratch_file.h"
#include "io/text_output.h"
#include "io/turns.h"

namespace wordfire {
namespace {

std::string file_name_of(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

TableOptions table_options(const PrepareOptions& options) {
  const Recipe& recipe = options.recipe;
  return {options.format, recipe.header, recipe.quotes, recipe.label_columns, recipe.text_columns};
}

// Columns as users number them, from 1.
std::vector<std::string> numbers_of(const std::vector<size_t>& columns) {
  std::vector<std::string> numbers;
  numbers.reserve(columns.size());
  for (const size_t column : columns) numbers.push_back(std::to_string(column + 1));
  return numbers;
}

// One run of a job.
class Preparation {
 public:
  Preparation(const PrepareOptions& options, const std::atomic<bool>& stop,
              const std::function<void(const PrepareProgress&)>& progress)
      : options_(options), recipe_(options.recipe), stop_(stop), progress_(progress) {}

  PrepareReport run() {
    open();
    try {
      read();
    } catch (const Stopped&) {
      report_.stopped = true;
      return report_;
    }
    judge();
    for (const auto& output : outputs_) {
      report_.spilled += output->spilled();
      report_.files.push_back(output->commit());
    }
    write_recipe();
    return report_;
  }

 private:
  void read() {
    parallel_workers(threads_, [this](int) { work(); });
    throw_if(stop_);
    for (const auto& output : outputs_) output->drain(stop_);
    throw_if(stop_);
  }

  void open() {
    check_prepare_options(options_);
    const std::vector<std::string> inputs = list_input_files(options_.input);
    std::vector<std::string> paths = {options_.output};
    if (recipe_.split > 0) paths = {options_.output + ".train", options_.output + ".test"};
    check_prepare_outputs(options_, inputs, paths);
    if (!options_.classes.empty()) classes_ = ClassNames::read(options_.classes);
    recipe_.class_names = classes_.entries();
    for (const std::string& path : paths) recipe_.outputs.push_back(file_name_of(path));
    threads_ = options_.thread > 0 ? options_.thread : available_threads();
    if (!options_.scratch_dir.empty()) ScratchFile probe(options_.scratch_dir);
    for (const std::string& path : paths) outputs_.push_back(std::make_unique<TextOutput>(path));
    if (recipe_.shuffle) prepare_shuffle();
    reader_.emplace(inputs, table_options(options_), options_.block_bytes, &stop_);
  }

  void prepare_shuffle() {
    const int64_t memory = options_.memory > 0 ? options_.memory : PrepareOptions::kDefaultMemory;
    const std::string folder = options_.scratch_dir.empty()
                                   ? std::filesystem::path(options_.output).parent_path().string()
                                   : options_.scratch_dir;
    const auto for_test = static_cast<int64_t>(recipe_.split * static_cast<double>(memory));
    outputs_.front()->shuffle_with(memory - for_test, folder, threads_);
    if (outputs_.size() > 1) outputs_.back()->shuffle_with(for_test, folder, threads_);
  }

  // What a worker holds of the input: a block, or why there is none.
  struct Taken {
    int64_t turn = 0;
    int64_t bytes_read = 0;
    std::exception_ptr failure;
  };

  // The next block; nullopt at the end of the input.
  std::optional<Taken> take(RowBlock& block) {
    const std::lock_guard lock(reading_);
    if (ended_ || stop_.load(std::memory_order_relaxed)) return std::nullopt;
    std::exception_ptr failure;
    try {
      ended_ = !reader_->next(block);
      if (ended_) return std::nullopt;
    } catch (...) {
      ended_ = true;
      failure = std::current_exception();
    }
    return Taken{next_turn_++, reader_->bytes_read(), failure};
  }

  void work() {
    RowPreparer preparer(recipe_, classes_, options_.skip_bad > 0);
    RowBlock block;
    PreparedBlock prepared;
    while (auto taken = take(block)) {
      try {
        if (!taken->failure) preparer.prepare(block, reader_->file_name(block.file), prepared);
      } catch (...) {
        taken->failure = std::current_exception();
      }
      // A failure waits for its turn as well: what is reported is the first one in the input.
      if (!turns_.wait(taken->turn)) return;
      try {
        if (taken->failure) std::rethrow_exception(taken->failure);
        hand_in(prepared, block.layout, taken->bytes_read);
      } catch (...) {
        turns_.fail();
        throw;
      }
      turns_.done();
    }
  }

  // Called in the order of the input, by one worker at a time.
  void hand_in(const PreparedBlock& prepared, const std::shared_ptr<const TableLayout>& layout,
               int64_t bytes_read) {
    if (!first_layout_) first_layout_ = layout;
    outputs_.front()->add(prepared.train);
    if (outputs_.size() > 1) outputs_.back()->add(prepared.test);
    report_.counts += prepared.counts;
    report_.bytes_read = bytes_read;
    for (const auto& [name, count] : prepared.classes) report_.classes[name] += count;
    for (const std::string& fault : prepared.faults) {
      if (report_.faults.size() < PrepareReport::kMaxFaults) report_.faults.push_back(fault);
    }
    if (progress_) progress_({bytes_read, report_.counts.rows});
  }

  void judge() {
    const RowCounts& counts = report_.counts;
    const std::string& input = options_.input.front();
    if (static_cast<double>(counts.bad) > options_.skip_bad * static_cast<double>(counts.rows)) {
      throw Error::data(
          fmt::format("{}: {} of {} rows cannot be read, more than -skipBad {}; the first: {}",
                      input, counts.bad, counts.rows, options_.skip_bad, report_.faults.front()));
    }
    if (counts.train == 0) {
      throw Error::data(fmt::format(
          "{}: no training text out of {} rows ({} left out, {} without label, {} without text, {} "
          "bad, {} in the test part), want at least one row of it",
          input, counts.rows, counts.left_out, counts.no_label, counts.no_text, counts.bad,
          counts.test));
    }
    if (recipe_.split > 0 && counts.test == 0)
      report_.warnings.emplace_back("no row fell into the test part");
    if (counts.not_utf8 > 0) {
      report_.warnings.push_back(
          fmt::format("{} rows are not UTF-8; they are kept as they are", counts.not_utf8));
    }
  }

  void write_recipe() {
    const std::string path = recipe_path(options_.output);
    record_layout();
    keep_other_outputs(path);
    AtomicFile file(path);
    file.write(recipe_.to_json());
    file.commit();
    report_.files.push_back({path, 0, file.bytes_written()});
  }

  // The recipe tells how the first file was read, also where that was left to us.
  void record_layout() {
    const TableLayout& layout = *first_layout_;
    const bool json = layout.format == TableFormat::kJsonLines;
    recipe_.format = table_format_name(layout.format);
    recipe_.header = !json && table_options(options_).has_header();
    recipe_.quotes = layout.dialect.quotes;
    if (recipe_.label_columns.empty())
      recipe_.label_columns = json ? layout.label_names : numbers_of(layout.label_columns);
    if (recipe_.text_columns.empty())
      recipe_.text_columns = json ? layout.text_names : numbers_of(layout.text_columns);
  }

  // The recipe beside the output may speak of other files, made before; it still does if they were
  // made the same way.
  void keep_other_outputs(const std::string& path) {
    std::error_code none;
    if (!std::filesystem::exists(path, none)) return;
    try {
      const Recipe older = read_recipe(path);
      const bool alike = older.treats_text_like(recipe_);
      for (const std::string& output : older.outputs) {
        const auto& ours = recipe_.outputs;
        if (std::find(ours.begin(), ours.end(), output) != ours.end()) continue;
        if (alike) {
          recipe_.outputs.push_back(output);
        } else {
          report_.warnings.push_back(
              fmt::format("{}: replaced; it told how {} was made, in another way", path, output));
        }
      }
    } catch (const Error& error) {
      report_.warnings.push_back(fmt::format("{}; replaced", error.what()));
    }
  }

  const PrepareOptions& options_;
  Recipe recipe_;
  const std::atomic<bool>& stop_;
  const std::function<void(const PrepareProgress&)>& progress_;

  ClassNames classes_;
  int threads_ = 1;
  std::vector<std::unique_ptr<TextOutput>> outputs_;  // training text, then test text

  std::mutex reading_;  // guards the next three
  std::optional<RowBlockReader> reader_;
  bool ended_ = false;
  int64_t next_turn_ = 0;

  Turns turns_;
  std::shared_ptr<const TableLayout> first_layout_;
  PrepareReport report_;
};

}  // namespace

RowCounts& RowCounts::operator+=(const RowCounts& other) {
  rows += other.rows;
  blank += other.blank;
  left_out += other.left_out;
  bad += other.bad;
  no_label += other.no_label;
  no_text += other.no_text;
  train += other.train;
  test += other.test;
  not_utf8 += other.not_utf8;
  return *this;
}

PrepareJob::PrepareJob(PrepareOptions options, std::function<void(const PrepareProgress&)> progress)
    : options_(std::move(options)), progress_(std::move(progress)) {}

PrepareReport PrepareJob::run() { return Preparation(options_, stop_, progress_).run(); }

}  // namespace wordfire
