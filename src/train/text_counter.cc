#include "train/text_counter.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "core/parallel.h"
#include "core/token_scanner.h"

namespace wordfire {
namespace {

// Small enough that a block, its token list and its ids stay in the second-level cache.
constexpr size_t kBlockBytes = size_t{256} << 10;
// Tokens between the fetch of a vocabulary slot and its use.
constexpr size_t kLookAhead = 16;

// What one worker needs for a block; reused.
struct Scratch {
  LineBlock block;
  ByteClasses classes;
  std::vector<std::string_view> tokens;  // an empty one: end of line
  std::vector<uint64_t> hashes;
  std::vector<int32_t> ids;
  std::vector<uint32_t> line_end;
  std::vector<uint64_t> line_hash;
};

void find_tokens(Scratch& scratch) {
  const LineBlock& block = scratch.block;
  classify_bytes(block.bytes.data(), block.size, scratch.classes);
  scratch.tokens.clear();
  scan_tokens(
      scratch.classes, block.size,
      [&](size_t begin, size_t end) {
        scratch.tokens.emplace_back(block.bytes.data() + begin, end - begin);
      },
      [&](size_t) { scratch.tokens.emplace_back(); });
}

void hash_tokens(Scratch& scratch) {
  static const uint64_t end_of_line = Dictionary::hash_of(kEndOfLine);
  scratch.hashes.clear();
  for (const std::string_view token : scratch.tokens) {
    scratch.hashes.push_back(token.empty() ? end_of_line : Dictionary::hash_of(token));
  }
}

// Turns the block's tokens into ids and lines.
void count_tokens(Scratch& scratch, VocabularyCounter& counter) {
  scratch.ids.clear();
  scratch.line_end.clear();
  scratch.line_hash.clear();
  uint64_t line_hash = 0;
  const auto end_line = [&] {
    scratch.line_end.push_back(static_cast<uint32_t>(scratch.ids.size()));
    scratch.line_hash.push_back(line_hash);
    line_hash = 0;
  };
  const size_t n = scratch.tokens.size();
  for (size_t i = 0; i < n; ++i) {
    if (i + kLookAhead < n) counter.prefetch(scratch.hashes[i + kLookAhead]);
    const bool ends_line = scratch.tokens[i].empty();
    const std::string_view token = ends_line ? kEndOfLine : scratch.tokens[i];
    const auto place = VocabularyCounter::place(static_cast<uint64_t>(scratch.block.sequence), i);
    scratch.ids.push_back(counter.add(token, scratch.hashes[i], place));
    if (ends_line) {
      end_line();
    } else {
      line_hash = extend_line_hash(line_hash, scratch.hashes[i]);
    }
  }
  const bool open_line = n > 0 && !scratch.tokens.back().empty();
  if (open_line) end_line();
}

class Pass {
 public:
  Pass(const std::vector<std::string>& paths, const TextReading& reading, StorageArena& storage,
       const std::function<void(int64_t)>& progress, const std::atomic<bool>& stop)
      : reader_(paths, kBlockBytes, &stop, reading),
        storage_(storage),
        progress_(progress),
        stop_(stop) {}

  // Takes blocks until there are none.
  std::vector<CountedBlock> work(int worker, VocabularyCounter& counter) {
    std::vector<CountedBlock> blocks;
    Scratch scratch;
    while (!stop_ && reader_.next(scratch.block)) {
      find_tokens(scratch);
      hash_tokens(scratch);
      count_tokens(scratch, counter);
      blocks.push_back({scratch.block.sequence, scratch.block.file, worker,
                        storage_.keep(scratch.ids), storage_.keep(scratch.line_end),
                        storage_.keep(scratch.line_hash)});
      tokens_ += static_cast<int64_t>(scratch.ids.size());
      report();
    }
    return blocks;
  }

  [[nodiscard]] int64_t tokens() const { return tokens_; }

 private:
  // One worker at a time; the others do not wait for it.
  void report() {
    const std::unique_lock lock(reporting_, std::try_to_lock);
    if (lock.owns_lock() && progress_) progress_(tokens_);
  }

  LineBlockReader reader_;
  StorageArena& storage_;
  const std::function<void(int64_t)>& progress_;
  const std::atomic<bool>& stop_;
  std::atomic<int64_t> tokens_ = 0;
  std::mutex reporting_;
};

}  // namespace

CountedText count_text(const std::vector<std::string>& paths, const TextReading& reading,
                       std::shared_ptr<StorageBudget> budget, int threads,
                       const std::function<void(int64_t)>& progress,
                       const std::atomic<bool>& stop) {
  CountedText text;
  text.files = paths;
  text.counters.resize(static_cast<size_t>(threads));
  text.storage = std::make_unique<StorageArena>(std::move(budget));
  Pass pass(paths, reading, *text.storage, progress, stop);
  std::vector<std::vector<CountedBlock>> blocks(static_cast<size_t>(threads));
  parallel_workers(threads, [&](int worker) {
    const auto w = static_cast<size_t>(worker);
    blocks[w] = pass.work(worker, text.counters[w]);
  });
  for (const auto& part : blocks) text.blocks.insert(text.blocks.end(), part.begin(), part.end());
  std::sort(text.blocks.begin(), text.blocks.end(),
            [](const CountedBlock& a, const CountedBlock& b) { return a.sequence < b.sequence; });
  text.tokens = pass.tokens();
  return text;
}

std::string CountedText::describe(VocabularyCounter::Place place) const {
  const auto sequence = static_cast<int64_t>(place >> 28);
  const auto token = static_cast<uint32_t>(place & ((1u << 28) - 1));
  int64_t line = 1;
  const CountedBlock& block = blocks[static_cast<size_t>(sequence)];
  for (const CountedBlock& earlier : blocks) {
    if (earlier.sequence == sequence) break;
    if (earlier.file == block.file) line += static_cast<int64_t>(earlier.line_end.size());
  }
  line += std::upper_bound(block.line_end.begin(), block.line_end.end(), token) -
          block.line_end.begin();
  return fmt::format("{}:{}", files[block.file] == "-" ? "standard input" : files[block.file],
                     line);
}

}  // namespace wordfire
