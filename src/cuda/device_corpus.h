// The text on the GPU: all of it as long as it fits, else piece after piece, the next one on its
// way while one is trained.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/backend.h"
#include "cuda/device_memory.h"
#include "cuda/word_text.h"

namespace wordfire {

class DeviceCorpus {
 public:
  // room: bytes that it may take on the device.
  explicit DeviceCorpus(int64_t room) : room_(room) {}

  // Calls train(lines, range, load_next) for each piece of a range of the corpus; train returns
  // false to leave, and calls load_next once when the GPU has something to do. Pieces are on the
  // device when train is called, and must be done with when it returns.
  using Train = std::function<bool(const WordLines& lines, const ExampleRange& range,
                                   const std::function<void()>& load_next)>;
  void for_each_piece(const Corpus& corpus, const ExampleRange& range, const Train& train);

  // Bytes of a piece where the text is larger than the room.
  static constexpr int64_t kPieceBytes = int64_t{256} << 20;

 private:
  // Lines on the device.
  struct Piece {
    DeviceArray<int32_t> words;
    DeviceArray<int64_t> word_end;
    DeviceArray<int64_t> token_end;
    WordLines lines;
  };
  [[nodiscard]] bool is_resident(const Corpus& corpus) const;
  void make_resident(const Corpus& corpus);
  void load(const Corpus& corpus, const ExampleRange& lines, Piece& piece);

  int64_t room_;
  StagingBytes staging_;  // outlives the copies from it
  Stream copies_;
  Piece pieces_[2];
  // What the first piece holds when that is a whole corpus: its owner, which is never another
  // one's while this refers to it, and its place. One without an owner may have changed since.
  bool whole_ = false;
  std::weak_ptr<const void> owner_;
  const int32_t* begin_ = nullptr;
  int64_t examples_ = 0;
};

}  // namespace wordfire
