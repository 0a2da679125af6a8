// Training text that fits neither the memory nor the scratch space that it may take: each epoch
// reads it again, piece after piece.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bucket_rows.h"
#include "core/corpus.h"
#include "core/model.h"
#include "train/text_counter.h"

namespace wordfire {

struct TextPiece {
  // Rows are those of the trained matrix; the tokens are all of the piece's, in examples or not.
  Corpus corpus;
  // Of the pass in front of it:
  int64_t examples_before = 0;
  int64_t tokens_before = 0;
};

class TextPieces {
 public:
  // paths: as list_input_files() gives them; each can be read again. memory: bytes that a piece
  // should stay under; its text has an eighth, but not less than 1 MiB. stop: see TextPass.
  TextPieces(std::vector<std::string> paths, TextReading reading, int64_t memory, int threads,
             const std::atomic<bool>& stop);

  // Of text in a piece.
  [[nodiscard]] int64_t piece_bytes() const { return blocks_ * int64_t{TextPass::kBlockBytes}; }
  // Begins the next pass; the one that counted the text was the first. Of "pipe:PREFIX" it opens
  // the next FIFO.
  void begin_pass();
  // Whether begin_pass() would find the text: the FIFO of a stream may not be there.
  [[nodiscard]] bool has_next_pass() const;
  // Of the pass so far.
  [[nodiscard]] int64_t tokens() const { return tokens_; }
  // The next piece with an example, or nothing at the end of the pass. Throws as TextPass does.
  [[nodiscard]] std::optional<TextPiece> next(const Model& model, const BucketRows& buckets);

 private:
  [[nodiscard]] Corpus encode(const CountedText& text, const Model& model,
                              const BucketRows& buckets) const;

  std::vector<std::string> paths_;
  TextReading reading_;
  int64_t blocks_;  // of a piece
  int threads_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<TextPass> pass_;
  int64_t examples_ = 0;  // of the pass so far
  int64_t tokens_ = 0;
};

}  // namespace wordfire
