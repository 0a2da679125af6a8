#include "cuda/device_text.h"

#include "cuda/text_room.h"

namespace wordfire {
namespace {

// Queues the copy of values to a place of the block; returns where they will be.
template <typename T>
const T* send(const T* values, int64_t n, const DeviceBytes& block, int64_t at,
              const Stream& stream) {
  block.upload(values, at, n * int64_t{sizeof(T)}, stream);
  return reinterpret_cast<const T*>(static_cast<const char*>(block.data()) + at);
}

}  // namespace

int64_t DeviceText::fetch(const Corpus& corpus, const ExampleRange& range, const Stream& stream) {
  if (!has(corpus, range.begin)) {
    // Epochs come back to a corpus that fits whole.
    const ExampleRange all{0, corpus.examples()};
    const bool fits = place_text(corpus, all).bytes <= room_;
    load(corpus, fits ? all : fitting_text(corpus, {range.begin, all.end}, room_), stream);
  }
  return there_.end < range.end ? there_.end : range.end;
}

void DeviceText::begin_range() {
  if (owner_.expired()) there_ = {};
}

bool DeviceText::has(const Corpus& corpus, int64_t example) const {
  const bool same_owner =
      !owner_.owner_before(corpus.storage) && !corpus.storage.owner_before(owner_);
  return same_owner && features_ == corpus.features.data() && there_.begin <= example &&
         example < there_.end;
}

void DeviceText::load(const Corpus& corpus, const ExampleRange& range, const Stream& stream) {
  const TextPlaces places = place_text(corpus, range);
  there_ = {};
  if (bytes_.size() < places.bytes) {
    bytes_ = DeviceBytes();  // gives the old memory back first
    bytes_ = DeviceBytes(places.bytes);
  }
  view_ = view_text(corpus, range);
  const auto send_all = [&](const auto*& values, int64_t n, int64_t at) {
    values = send(values, n, bytes_, at, stream);
  };
  send_all(view_.features, values_of(corpus.feature_end, range), places.features);
  send_all(view_.feature_end, range.size(), places.feature_end);
  send_all(view_.labels, values_of(corpus.label_end, range), places.labels);
  send_all(view_.label_end, range.size(), places.label_end);
  send_all(view_.token_end, range.size(), places.token_end);
  there_ = range;
  owner_ = corpus.storage;
  features_ = corpus.features.data();
}

}  // namespace wordfire
