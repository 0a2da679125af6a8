// The text on the GPU: all of it while it fits, so that epochs find it there, else piece after
// piece, the next one on its way while one is trained.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "core/backend.h"
#include "cuda/device_memory.h"
#include "cuda/text_room.h"
#include "cuda/text_view.h"

namespace wordfire {

class DeviceCorpus {
 public:
  // room: bytes that it may take on the device.
  explicit DeviceCorpus(int64_t room) : room_(room) {}

  // What is there stays if it is of this corpus and cannot have changed since: if it has an owner.
  void begin_range(const Corpus& corpus);
  // Brings examples of the range, from its first on, to the GPU, unless they are there; returns
  // where they end. Nothing may be under way that reads those that were there.
  int64_t fetch(const Corpus& corpus, const ExampleRange& range);
  // Begins to bring those behind them, up to `end` at most, while the GPU trains. To be called
  // when it has something to do; does nothing when they are there or on their way.
  void fetch_ahead(const Corpus& corpus, int64_t end);

  // Of what fetch() has brought.
  [[nodiscard]] const TextView& view() const { return slots_[now_].view; }
  // Features of the longest example.
  [[nodiscard]] int64_t longest() const { return slots_[now_].longest; }

 private:
  // Some examples on the device.
  struct Slot {
    DeviceBytes bytes;
    TextView view;
    ExampleRange there;
    int64_t longest = 0;

    [[nodiscard]] bool has(int64_t example) const {
      return there.begin <= example && example < there.end;
    }
  };
  [[nodiscard]] bool is_of(const Corpus& corpus) const;
  void load(const Corpus& corpus, const ExampleRange& range, Slot& slot);
  void send_whole(const Corpus& corpus, Slot& slot);
  void send_piece(const Corpus& corpus, const ExampleRange& range, Slot& slot);

  int64_t room_;
  StagingBytes staging_;  // outlives the copies from it
  Stream copies_;
  std::array<Slot, 2> slots_;
  size_t now_ = 0;
  // Whose text it is: the owner's address is not given to another one while this refers to it.
  std::weak_ptr<const void> owner_;
  const int32_t* features_ = nullptr;
  int64_t examples_ = 0;
};

}  // namespace wordfire
