#include "cuda/device_text.h"

#include "cuda/text_room.h"

namespace wordfire {
namespace {

int64_t begin_of(std::span<const int64_t> ends, int64_t i) {
  return i == 0 ? 0 : ends[static_cast<size_t>(i) - 1];
}

template <typename T>
std::span<const T> part(std::span<const T> values, int64_t begin, int64_t end) {
  return values.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

// Queues the copy of values to a place of the block; returns where they will be.
template <typename T>
const T* send(std::span<const T> values, const DeviceBytes& block, int64_t at,
              const Stream& stream) {
  block.upload(values.data(), at, static_cast<int64_t>(values.size_bytes()), stream);
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
  const int64_t feature = begin_of(corpus.feature_end, range.begin);
  const int64_t label = begin_of(corpus.label_end, range.begin);
  const auto features = part(corpus.features, feature, begin_of(corpus.feature_end, range.end));
  const auto labels = part(corpus.labels, label, begin_of(corpus.label_end, range.end));
  const auto ends = [&](std::span<const int64_t> of, int64_t at) {
    return send(part(of, range.begin, range.end), bytes_, at, stream);
  };
  view_.features = send(features, bytes_, places.features, stream);
  view_.feature_end = ends(corpus.feature_end, places.feature_end);
  view_.labels = send(labels, bytes_, places.labels, stream);
  view_.label_end = ends(corpus.label_end, places.label_end);
  view_.token_end = ends(corpus.token_end, places.token_end);
  view_.first = range.begin;
  view_.features_before = feature;
  view_.labels_before = label;
  view_.tokens_before = corpus.tokens_before(range.begin);
  there_ = range;
  owner_ = corpus.storage;
  features_ = corpus.features.data();
}

}  // namespace wordfire
