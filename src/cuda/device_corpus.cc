#include "cuda/device_corpus.h"

#include <algorithm>
#include <cstring>

#include "cuda/memory_plan.h"

namespace wordfire {
namespace {

// put(values, bytes, place): for each part of some examples. view: where the corpus has them.
template <typename Put>
void for_each_part(const Corpus& corpus, const ExampleRange& range, const TextView& view,
                   const TextPlaces& places, Put put) {
  constexpr int64_t kId = sizeof(int32_t);
  constexpr int64_t kEnd = sizeof(int64_t);
  put(view.features, values_of(corpus.feature_end, range) * kId, places.features);
  put(view.feature_end, range.size() * kEnd, places.feature_end);
  put(view.token_end, range.size() * kEnd, places.token_end);
  if (corpus.label_end.empty()) return;
  put(view.labels, values_of(corpus.label_end, range) * kId, places.labels);
  put(view.label_end, range.size() * kEnd, places.label_end);
}

// The same examples in a block of memory.
TextView moved_to(const void* block, const TextPlaces& places, TextView view) {
  const auto* const begin = static_cast<const char*>(block);
  view.features = reinterpret_cast<const int32_t*>(begin + places.features);
  view.feature_end = reinterpret_cast<const int64_t*>(begin + places.feature_end);
  view.labels = reinterpret_cast<const int32_t*>(begin + places.labels);
  view.label_end = reinterpret_cast<const int64_t*>(begin + places.label_end);
  view.token_end = reinterpret_cast<const int64_t*>(begin + places.token_end);
  return view;
}

}  // namespace

bool DeviceCorpus::is_of(const Corpus& corpus) const {
  const bool same_owner =
      !owner_.owner_before(corpus.storage) && !corpus.storage.owner_before(owner_);
  return corpus.storage != nullptr && same_owner && features_ == corpus.features.data() &&
         examples_ == corpus.examples();
}

void DeviceCorpus::begin_range(const Corpus& corpus) {
  copies_.wait();  // of a range that was left
  if (is_of(corpus)) return;
  for (Slot& slot : slots_) {
    slot.there = {};
    // A whole corpus may leave no room for the second of two pieces.
    if (slot.bytes.size() > text_piece_bytes(room_)) slot.bytes = DeviceBytes();
  }
  owner_ = corpus.storage;
  features_ = corpus.features.data();
  examples_ = corpus.examples();
}

int64_t DeviceCorpus::fetch(const Corpus& corpus, const ExampleRange& range) {
  copies_.wait();
  if (!slots_[now_].has(range.begin) && slots_[1 - now_].has(range.begin)) now_ = 1 - now_;
  Slot& slot = slots_[now_];
  if (!slot.has(range.begin)) {
    load(corpus, text_to_bring(corpus, range, room_), slot);
    copies_.wait();
  }
  return std::min(slot.there.end, range.end);
}

void DeviceCorpus::fetch_ahead(const Corpus& corpus, int64_t end) {
  const int64_t next = slots_[now_].there.end;
  Slot& slot = slots_[1 - now_];
  if (next >= end || slot.has(next)) return;
  load(corpus, text_to_bring(corpus, {next, end}, room_), slot);
}

// What the slot held must be done with, and no copy under way.
void DeviceCorpus::load(const Corpus& corpus, const ExampleRange& range, Slot& slot) {
  slot.there = {};
  if (range.size() == corpus.examples()) {
    slots_[&slot == &slots_[0] ? 1 : 0] = Slot();
    send_whole(corpus, slot);
  } else {
    send_piece(corpus, range, slot);
  }
  slot.longest = longest_line(corpus, range);
  slot.there = range;
}

void DeviceCorpus::send_whole(const Corpus& corpus, Slot& slot) {
  const ExampleRange all{0, corpus.examples()};
  const TextPlaces places = place_text(corpus, all);
  if (slot.bytes.size() < places.bytes) {
    slot.bytes = DeviceBytes();  // gives the old memory back first
    slot.bytes = DeviceBytes(places.bytes);
  }
  const TextView view = view_text(corpus, all);
  for_each_part(corpus, all, view, places, [&](const void* values, int64_t bytes, int64_t place) {
    slot.bytes.upload(values, place, bytes, copies_);
  });
  slot.view = moved_to(slot.bytes.data(), places, view);
}

// By way of memory that the GPU can read while the host goes on.
void DeviceCorpus::send_piece(const Corpus& corpus, const ExampleRange& range, Slot& slot) {
  const int64_t most = text_piece_bytes(room_);
  if (slot.bytes.size() < most) {
    slot.bytes = DeviceBytes();
    slot.bytes = DeviceBytes(most);
  }
  if (staging_.size() < most) staging_ = StagingBytes(most);
  const TextPlaces places = place_text(corpus, range);
  const TextView view = view_text(corpus, range);
  for_each_part(corpus, range, view, places, [&](const void* values, int64_t bytes, int64_t place) {
    if (bytes > 0) std::memcpy(staging_.data() + place, values, static_cast<size_t>(bytes));
  });
  slot.bytes.upload(staging_.data(), 0, places.bytes, copies_);
  slot.view = moved_to(slot.bytes.data(), places, view);
}

}  // namespace wordfire
