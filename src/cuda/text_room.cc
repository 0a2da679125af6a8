#include "cuda/text_room.h"

#include <string>

#include "core/error.h"

namespace wordfire {
namespace {

// Values in front of example i.
int64_t before(std::span<const int64_t> ends, int64_t i) {
  return i == 0 || ends.empty() ? 0 : ends[static_cast<size_t>(i) - 1];
}

// The next part of a block: returns its place, and moves `end` behind it.
int64_t place(int64_t values, int64_t size_of_value, int64_t& end) {
  constexpr int64_t kAlignment = 256;
  const int64_t at = end;
  end += (values * size_of_value + kAlignment - 1) / kAlignment * kAlignment;
  return at;
}

[[noreturn]] void refuse(const ExampleRange& range, int64_t bytes, int64_t room) {
  throw Error::usage("example " + std::to_string(range.begin) + " of the text needs " +
                     std::to_string(bytes) + " bytes of the GPU's memory, and " +
                     std::to_string(room) +
                     " are left for text; break its line, lower -dim or -bucket, or choose "
                     "-device cpu");
}

}  // namespace

int64_t values_of(std::span<const int64_t> ends, const ExampleRange& range) {
  return before(ends, range.end) - before(ends, range.begin);
}

TextView view_text(const Corpus& corpus, const ExampleRange& range) {
  TextView view;
  view.first = range.begin;
  view.features_before = before(corpus.feature_end, range.begin);
  view.labels_before = before(corpus.label_end, range.begin);
  view.tokens_before = before(corpus.token_end, range.begin);
  view.features = corpus.features.data() + view.features_before;
  view.feature_end = corpus.feature_end.data() + range.begin;
  view.token_end = corpus.token_end.data() + range.begin;
  if (corpus.label_end.empty()) return view;
  view.labels = corpus.labels.data() + view.labels_before;
  view.label_end = corpus.label_end.data() + range.begin;
  return view;
}

TextPlaces place_text(const Corpus& corpus, const ExampleRange& range) {
  TextPlaces places;
  int64_t end = 0;
  places.features = place(values_of(corpus.feature_end, range), sizeof(int32_t), end);
  places.feature_end = place(range.size(), sizeof(int64_t), end);
  places.labels = place(values_of(corpus.label_end, range), sizeof(int32_t), end);
  places.label_end = place(corpus.label_end.empty() ? 0 : range.size(), sizeof(int64_t), end);
  places.token_end = place(range.size(), sizeof(int64_t), end);
  places.bytes = end;
  return places;
}

ExampleRange fitting_text(const Corpus& corpus, const ExampleRange& range, int64_t room) {
  if (range.empty()) return range;
  const int64_t least = place_text(corpus, {range.begin, range.begin + 1}).bytes;
  if (least > room) refuse(range, least, room);
  int64_t fits = range.begin + 1;
  for (int64_t high = range.end; fits < high;) {
    const int64_t end = fits + (high - fits + 1) / 2;
    if (place_text(corpus, {range.begin, end}).bytes <= room) {
      fits = end;
    } else {
      high = end - 1;
    }
  }
  return {range.begin, fits};
}

ExampleRange text_to_bring(const Corpus& corpus, const ExampleRange& range, int64_t room) {
  const ExampleRange all{0, corpus.examples()};
  if (place_text(corpus, all).bytes <= room) return all;
  return fitting_text(corpus, range, text_piece_bytes(room));
}

}  // namespace wordfire
