// Turns tables (CSV, TSV, JSON lines) into training text: a line a row, its labels and then its
// tokens. Rows are read once, in order; the same options, input and seed give the same bytes for
// any number of threads and any amount of memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "io/recipe.h"
#include "io/table_layout.h"

namespace wordfire {

struct PrepareOptions {
  std::vector<std::string> input;  // files, directories, or "-"; plain, gzip or zstd
  std::string output;  // the text; with recipe.split the prefix of OUTPUT.train and OUTPUT.test
  TableFormat format = TableFormat::kAuto;
  std::string
      classes;  // class file (io/class_names.h); empty: labels are as they stand in the table
  // What is done; `format`, `class_names` and `outputs` are filled in by the job.
  Recipe recipe;
  double skip_bad =
      0;           // share of rows that may be unreadable, [0, 1); 0: the first one ends the job
  int thread = 0;  // 0: as many as the process may use
  int64_t memory = 0;       // bytes that a shuffle may take; 0: kDefaultMemory
  std::string scratch_dir;  // where the rest of a shuffle goes; empty: the folder of `output`
  size_t block_bytes = size_t{1} << 20;  // that a thread takes at once

  static constexpr int64_t kDefaultMemory = int64_t{512} << 20;
};

// Rows by what became of them.
struct RowCounts {
  int64_t rows = 0;      // all but blank ones and headers
  int64_t blank = 0;     // empty lines
  int64_t left_out = 0;  // by recipe.keep; they are not looked into
  int64_t bad = 0;       // unreadable, or of an unknown class
  int64_t no_label = 0;
  int64_t no_text = 0;   // not one token
  int64_t train = 0;     // written
  int64_t test = 0;      // written
  int64_t not_utf8 = 0;  // of those written: with bytes that are not UTF-8

  RowCounts& operator+=(const RowCounts& other);
};

using ClassCounts = std::map<std::string, int64_t, std::less<>>;

struct PrepareReport {
  struct File {
    std::string path;
    int64_t rows = 0;
    int64_t bytes = 0;
  };

  bool stopped = false;  // by request_stop(); nothing was written
  RowCounts counts;
  ClassCounts classes;              // name without prefix -> rows written that have it
  std::vector<std::string> faults;  // of the first bad rows, at most kMaxFaults
  std::vector<std::string> warnings;
  std::vector<File> files;  // written, prepare.json last
  int64_t bytes_read = 0;   // decompressed
  int64_t spilled = 0;      // bytes of the shuffle that went to the scratch file

  static constexpr size_t kMaxFaults = 5;
};

struct PrepareProgress {
  int64_t bytes_read = 0;  // decompressed
  int64_t rows = 0;
};

class PrepareJob {
 public:
  // progress: called about once a block, never twice at the same time; may be empty.
  explicit PrepareJob(PrepareOptions options,
                      std::function<void(const PrepareProgress&)> progress = {});

  // Reads everything, then gives all files their names, OUTPUT's prepare.json last; whatever fails
  // before, older files stay as they were. Rows are taken with probability keep by (seed, file, row
  // number); they go to the test part with probability split by (seed, text), so that equal texts
  // stay together and no text of the test part stands in the training part; with shuffle they come
  // in an order drawn by (seed, file, row number).
  // Throws Error: (usage) an option is out of range or an input would be overwritten; (data) the
  // first row in reading order that cannot be read, unless skip_bad allows it, or when no row is
  // left; (system) as ByteSource, AtomicFile and ScratchFile do.
  PrepareReport run();

  // Asks run() to end soon without writing. Safe in a signal handler and from any thread.
  void request_stop() noexcept { stop_.store(true, std::memory_order_relaxed); }

 private:
  PrepareOptions options_;
  std::function<void(const PrepareProgress&)> progress_;
  std::atomic<bool> stop_ = false;
};

}  // namespace wordfire
