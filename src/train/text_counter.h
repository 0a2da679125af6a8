// A pass over training text: tokens are counted and kept as ids, on all threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/vocabulary.h"
#include "io/line_blocks.h"
#include "train/corpus_storage.h"

namespace wordfire {

// One block of the text. Token ids are those of counters[worker]. The spans are empty where the
// text was not kept.
struct CountedBlock {
  int64_t sequence = 0;
  size_t file = 0;
  int64_t lines = 0;
  int worker = 0;
  std::span<const int32_t> tokens;
  std::span<const uint32_t> line_end;  // [lines], into tokens; an end-of-line token closes its line
  std::span<const uint64_t> line_hash;  // [lines]; equal for lines of the same tokens
};

// What a pass, or a part of it, leaves. Move-only.
struct CountedText {
  std::vector<std::string> files;
  std::vector<VocabularyCounter> counters;  // one a worker
  std::vector<CountedBlock> blocks;         // in the order of the text
  int64_t tokens = 0;
  int64_t lines = 0;
  int64_t blank_lines = 0;
  std::unique_ptr<StorageArena> storage;  // behind the blocks' spans; null: the text is not kept
  std::optional<StorageFull> not_kept;    // why

  // "FILE:LINE" of a token's place; the first line of its block where the text is not kept. Lines
  // are those of the share that was read.
  [[nodiscard]] std::string describe(VocabularyCounter::Place place) const;
};

class TextPass {
 public:
  // paths: as list_input_files() gives them; reading: how they are read. Returns early, with what
  // was read, when *stop becomes true, or throws Stopped where it waited for text.
  TextPass(const std::vector<std::string>& paths, const TextReading& reading, int threads,
           const std::atomic<bool>& stop);

  // Reads on for at most `most` blocks, in the order of the text; none at its end. What the budget
  // cannot hold is counted alone. progress(tokens so far) is called now and then on one worker.
  // Throws Error (data, io, no_input).
  [[nodiscard]] CountedText read(int64_t most, std::shared_ptr<StorageBudget> budget,
                                 const std::function<void(int64_t)>& progress = nullptr);

  // Of text in a block, but where one line is longer.
  static constexpr size_t kBlockBytes = size_t{256} << 10;

 private:
  std::vector<std::string> paths_;
  int threads_;
  const std::atomic<bool>& stop_;
  LineBlockReader reader_;
};

// A pass over the whole text. Arguments and errors as above.
[[nodiscard]] CountedText count_text(const std::vector<std::string>& paths,
                                     const TextReading& reading,
                                     std::shared_ptr<StorageBudget> budget, int threads,
                                     const std::function<void(int64_t)>& progress,
                                     const std::atomic<bool>& stop);

// The hash of a line whose tokens hash to `hashes`, one after the other (begin with 0).
[[nodiscard]] constexpr uint64_t extend_line_hash(uint64_t line, uint64_t token) noexcept {
  return (line ^ token) * 0x9e3779b97f4a7c15u + (line >> 29);
}

}  // namespace wordfire
