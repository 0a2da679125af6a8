#include "line_workers.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "core/parallel.h"
#include "io/line_blocks.h"
#include "ordered_output.h"

namespace wordfire {
namespace {

// Small enough that the last blocks of a file keep all threads at work.
constexpr size_t kBlockBytes = size_t{256} << 10;
// What a block becomes is written in pieces of about this size.
constexpr size_t kPieceBytes = size_t{4} << 20;
constexpr int64_t kBlocksAhead = 4;  // a thread

template <typename Call>
void for_lines(std::string_view text, Call call) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (!call(text.substr(0, end))) return;
    text.remove_prefix(end);
  }
}

// One block: false if the output was closed.
bool map_block(int worker, const LineBlock& block, const LineText& line, OrderedOutput& output) {
  std::string out;
  bool open = true;
  for_lines(block.text(), [&](std::string_view text) {
    line(worker, text, out);
    if (out.size() < kPieceBytes) return true;
    open = output.write_piece(block.sequence, out);
    out.clear();
    return open;
  });
  return open && output.finish(block.sequence, std::move(out));
}

}  // namespace

void each_line(const std::string& path, int threads,
               const std::function<void(int worker, std::string_view text)>& line) {
  LineBlockReader reader({path}, kBlockBytes);
  std::atomic<bool> failed = false;
  parallel_workers(threads, [&](int worker) {
    try {
      LineBlock block;
      while (!failed && reader.next(block)) {
        for_lines(block.text(), [&](std::string_view text) {
          line(worker, text);
          return !failed.load(std::memory_order_relaxed);
        });
      }
    } catch (...) {
      failed = true;
      throw;
    }
  });
}

void map_lines(const std::string& path, int threads, const LineText& line,
               const std::function<void(std::string_view)>& write) {
  LineBlockReader reader({path}, kBlockBytes);
  OrderedOutput output(write, kBlocksAhead * threads);
  parallel_workers(threads, [&](int worker) {
    LineBlock block;
    // Where reading fails, the others still finish the blocks before that place.
    while (reader.next(block)) {
      try {
        if (!map_block(worker, block, line, output)) return;
      } catch (...) {
        output.close();
        throw;
      }
    }
  });
}

}  // namespace wordfire
