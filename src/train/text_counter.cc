#include "train/text_counter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "core/parallel.h"
#include "core/token_scanner.h"

namespace wordfire {
namespace {

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

// Workers take blocks from one reader, until there are none or `most` are taken.
class BlockCounter {
 public:
  BlockCounter(LineBlockReader& reader, int64_t most, StorageArena& storage,
               const std::function<void(int64_t)>& progress, const std::atomic<bool>& stop)
      : reader_(reader), left_(most), storage_(storage), progress_(progress), stop_(stop) {}

  std::vector<CountedBlock> work(int worker, VocabularyCounter& counter) {
    std::vector<CountedBlock> blocks;
    Scratch scratch;
    while (!stop_ && left_.fetch_sub(1) > 0 && reader_.next(scratch.block)) {
      find_tokens(scratch);
      hash_tokens(scratch);
      count_tokens(scratch, counter);
      blocks.push_back({.sequence = scratch.block.sequence,
                        .file = scratch.block.file,
                        .lines = static_cast<int64_t>(scratch.line_end.size()),
                        .worker = worker,
                        .tokens = {},
                        .line_end = {},
                        .line_hash = {}});
      keep(scratch, blocks.back());
      add(scratch);
    }
    return blocks;
  }

  // The sums of all workers, and why the text is not kept, if so.
  void finish(CountedText& text) const {
    text.tokens = tokens_;
    text.lines = lines_;
    text.blank_lines = blank_lines_;
    text.not_kept = full_;
  }

 private:
  void keep(const Scratch& scratch, CountedBlock& block) {
    if (is_full_) return;
    try {
      block.tokens = storage_.keep(scratch.ids);
      block.line_end = storage_.keep(scratch.line_end);
      block.line_hash = storage_.keep(scratch.line_hash);
    } catch (const StorageFull& full) {
      const std::lock_guard lock(mutex_);
      if (!full_) full_ = full;
      is_full_ = true;
    }
  }

  void add(const Scratch& scratch) {
    tokens_ += static_cast<int64_t>(scratch.ids.size());
    lines_ += static_cast<int64_t>(scratch.line_hash.size());
    blank_lines_ += std::count(scratch.line_hash.begin(), scratch.line_hash.end(), 0);
    // One worker at a time; the others do not wait for it.
    const std::unique_lock lock(reporting_, std::try_to_lock);
    if (lock.owns_lock() && progress_) progress_(tokens_);
  }

  LineBlockReader& reader_;
  std::atomic<int64_t> left_;
  StorageArena& storage_;
  const std::function<void(int64_t)>& progress_;
  const std::atomic<bool>& stop_;
  std::atomic<int64_t> tokens_ = 0;
  std::atomic<int64_t> lines_ = 0;
  std::atomic<int64_t> blank_lines_ = 0;
  std::atomic<bool> is_full_ = false;
  std::mutex mutex_;  // of full_
  std::optional<StorageFull> full_;
  std::mutex reporting_;
};

// The storage can go once no block refers to it.
void forget_tokens(CountedText& text) {
  for (CountedBlock& block : text.blocks) {
    block.tokens = {};
    block.line_end = {};
    block.line_hash = {};
  }
  text.storage.reset();
}

}  // namespace

TextPass::TextPass(const std::vector<std::string>& paths, const TextReading& reading, int threads,
                   const std::atomic<bool>& stop)
    : paths_(paths), threads_(threads), stop_(stop), reader_(paths, kBlockBytes, &stop, reading) {}

CountedText TextPass::read(int64_t most, std::shared_ptr<StorageBudget> budget,
                           const std::function<void(int64_t)>& progress) {
  CountedText text;
  text.files = paths_;
  text.counters.resize(static_cast<size_t>(threads_));
  text.storage = std::make_unique<StorageArena>(std::move(budget));
  BlockCounter counter(reader_, most, *text.storage, progress, stop_);
  std::vector<std::vector<CountedBlock>> blocks(static_cast<size_t>(threads_));
  parallel_workers(threads_, [&](int worker) {
    const auto w = static_cast<size_t>(worker);
    blocks[w] = counter.work(worker, text.counters[w]);
  });
  for (const auto& part : blocks) text.blocks.insert(text.blocks.end(), part.begin(), part.end());
  std::sort(text.blocks.begin(), text.blocks.end(),
            [](const CountedBlock& a, const CountedBlock& b) { return a.sequence < b.sequence; });
  counter.finish(text);
  if (text.not_kept) forget_tokens(text);
  return text;
}

CountedText count_text(const std::vector<std::string>& paths, const TextReading& reading,
                       std::shared_ptr<StorageBudget> budget, int threads,
                       const std::function<void(int64_t)>& progress,
                       const std::atomic<bool>& stop) {
  TextPass pass(paths, reading, threads, stop);
  return pass.read(std::numeric_limits<int64_t>::max(), std::move(budget), progress);
}

std::string CountedText::describe(VocabularyCounter::Place place) const {
  const auto sequence = static_cast<int64_t>(place >> 28);
  const auto token = static_cast<uint32_t>(place & ((1u << 28) - 1));
  int64_t line = 1;
  const CountedBlock& block = *std::ranges::find(blocks, sequence, &CountedBlock::sequence);
  for (const CountedBlock& earlier : blocks) {
    if (earlier.sequence == sequence) break;
    if (earlier.file == block.file) line += earlier.lines;
  }
  line += std::upper_bound(block.line_end.begin(), block.line_end.end(), token) -
          block.line_end.begin();
  return fmt::format("{}:{}", files[block.file] == "-" ? "standard input" : files[block.file],
                     line);
}

}  // namespace wordfire
