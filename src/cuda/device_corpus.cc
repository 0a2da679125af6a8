#include "cuda/device_corpus.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "cuda/memory_plan.h"

namespace wordfire {
namespace {

template <typename T>
void make_room(DeviceArray<T>& array, size_t n) {
  if (array.size() >= static_cast<int64_t>(n)) return;
  array = DeviceArray<T>();  // gives the old memory back first
  array = DeviceArray<T>(static_cast<int64_t>(n));
}

// Values of a corpus, by way of memory that the GPU can read while the host goes on.
template <typename T>
void send(std::span<const T> values, DeviceArray<T>& array, char*& staging, const Stream& stream) {
  make_room(array, values.size());
  std::memcpy(staging, values.data(), values.size_bytes());
  array.upload({reinterpret_cast<const T*>(staging), values.size()}, stream);
  staging += (values.size_bytes() + 7) / 8 * 8;
}

}  // namespace

void DeviceCorpus::for_each_piece(const Corpus& corpus, const ExampleRange& range,
                                  const Train& train) {
  const ExampleRange all{0, corpus.examples()};
  if (device_bytes(corpus, all) <= room_) {
    if (!is_resident(corpus)) make_resident(corpus);
    (void)train(pieces_[0].lines, range, [] {});
    return;
  }
  if (std::exchange(whole_, false)) pieces_[0] = Piece();
  copies_.wait();  // of a range that an error has ended
  const auto pieces = corpus_pieces(corpus, range, std::min(kPieceBytes, room_ / 2));
  if (!pieces.empty()) load(corpus, pieces[0], pieces_[0]);
  for (size_t i = 0; i < pieces.size(); ++i) {
    copies_.wait();
    const auto load_next = [&] {
      if (i + 1 < pieces.size()) load(corpus, pieces[i + 1], pieces_[(i + 1) % 2]);
    };
    if (!train(pieces_[i % 2].lines, pieces[i], load_next)) break;
  }
  copies_.wait();
}

bool DeviceCorpus::is_resident(const Corpus& corpus) const {
  const bool same_owner =
      !owner_.owner_before(corpus.storage) && !corpus.storage.owner_before(owner_);
  return whole_ && corpus.storage != nullptr && same_owner && begin_ == corpus.features.data() &&
         examples_ == corpus.examples();
}

void DeviceCorpus::make_resident(const Corpus& corpus) {
  Piece& piece = pieces_[0];
  pieces_[1] = Piece();
  whole_ = false;
  make_room(piece.words, corpus.features.size());
  make_room(piece.word_end, corpus.feature_end.size());
  make_room(piece.token_end, corpus.token_end.size());
  piece.words.upload(corpus.features, copies_);
  piece.word_end.upload(corpus.feature_end, copies_);
  piece.token_end.upload(corpus.token_end, copies_);
  copies_.wait();
  piece.lines = {piece.words.data(), piece.word_end.data(), piece.token_end.data(), 0, 0, 0};
  whole_ = true;
  owner_ = corpus.storage;
  begin_ = corpus.features.data();
  examples_ = corpus.examples();
}

// What the piece held must be done with. The staging memory is: the copies of the piece before have
// been waited for.
void DeviceCorpus::load(const Corpus& corpus, const ExampleRange& lines, Piece& piece) {
  const int64_t bytes = device_bytes(corpus, lines) + 24;
  if (staging_.size() < bytes) staging_ = StagingBytes(std::max(bytes, kPieceBytes));
  const int64_t first =
      lines.begin == 0 ? 0 : corpus.feature_end[static_cast<size_t>(lines.begin) - 1];
  const int64_t last = corpus.feature_end[static_cast<size_t>(lines.end) - 1];
  const auto begin = static_cast<size_t>(lines.begin);
  const auto size = static_cast<size_t>(lines.size());
  char* staging = staging_.data();
  send(corpus.features.subspan(static_cast<size_t>(first), static_cast<size_t>(last - first)),
       piece.words, staging, copies_);
  send(corpus.feature_end.subspan(begin, size), piece.word_end, staging, copies_);
  send(corpus.token_end.subspan(begin, size), piece.token_end, staging, copies_);
  piece.lines = {piece.words.data(),
                 piece.word_end.data(),
                 piece.token_end.data(),
                 lines.begin,
                 first,
                 corpus.tokens_before(lines.begin)};
}

}  // namespace wordfire
