#include "io/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace wordfire {
namespace {

// Short streams take little memory; a read of a long one asks for no more than stays in the
// second-level cache until it is used.
constexpr size_t kFirstBytes = size_t{4} << 10;
constexpr size_t kMostReadBytes = size_t{256} << 10;

}  // namespace

InputBuffer::InputBuffer(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), bytes_(kFirstBytes + kSlack) {}

std::string_view InputBuffer::peek(size_t want) {
  while (end_ - begin_ < want && !at_end_) {
    make_room(want);
    const size_t room = bytes_.size() - kSlack - end_;
    const size_t got = source_->read(std::span(bytes_).subspan(end_, room));
    end_ += got;
    filled_ = got == room;
    at_end_ = got == 0;
  }
  return {bytes_.data() + begin_, end_ - begin_};
}

size_t InputBuffer::read(std::span<char> buffer) {
  const size_t held = std::min(buffer.size(), end_ - begin_);
  if (held == 0) return at_end_ ? 0 : source_->read(buffer);
  std::memcpy(buffer.data(), bytes_.data() + begin_, held);
  take(held);
  return held;
}

void InputBuffer::make_room(size_t want) {
  const size_t held = end_ - begin_;
  const size_t room = bytes_.size() - kSlack;
  const bool grows = filled_ && room < kMostReadBytes;
  if (!grows && begin_ + want <= room && end_ < room) return;
  if (begin_ > 0) std::memmove(bytes_.data(), bytes_.data() + begin_, held);
  begin_ = 0;
  end_ = held;
  if (grows || held == room) bytes_.resize(room * 2 + kSlack);
}

}  // namespace wordfire
