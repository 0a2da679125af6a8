// Examples on the GPU: the whole corpus while it fits, else a piece of it.
#pragma once

#include <cstdint>
#include <memory>

#include "core/backend.h"
#include "cuda/device_memory.h"
#include "cuda/text_view.h"

namespace wordfire {

class DeviceText {
 public:
  // room: bytes that it may take.
  explicit DeviceText(int64_t room) : room_(room) {}

  // Brings examples of the range, from its beginning on, to the GPU, unless they are there; returns
  // where they end. Nothing may be under way that reads those that were there.
  int64_t fetch(const Corpus& corpus, const ExampleRange& range, const Stream& stream);
  // Of what is there.
  [[nodiscard]] const TextView& view() const { return view_; }
  // What is there may have changed on the host.
  void begin_range();

 private:
  [[nodiscard]] bool has(const Corpus& corpus, int64_t example) const;
  void load(const Corpus& corpus, const ExampleRange& range, const Stream& stream);

  int64_t room_;
  DeviceBytes bytes_;
  TextView view_;
  ExampleRange there_;
  // Whose they are: the owner's address is not given to another one while this refers to it. A
  // corpus without an owner may be changed between two ranges.
  std::weak_ptr<const void> owner_;
  const int32_t* features_ = nullptr;
};

}  // namespace wordfire
