// Bytes that came and were not taken yet, in a buffer that is small while little is expected.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace wordfire::serve {

class IncomingBytes {
 public:
  static constexpr size_t kSmall = size_t{4} << 10;

  [[nodiscard]] std::string_view waiting() const { return {bytes_.data() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  void take(size_t count) { begin_ += count; }
  void clear() { begin_ = end_ = 0; }

  // Where the next bytes go, at least one; add() tells how many came. wanted: how many are
  // expected. Moves what is waiting, so views end here.
  [[nodiscard]] std::span<char> space(size_t wanted) {
    if (empty()) {
      clear();
      if (wanted <= kSmall && bytes_.size() > kSmall) bytes_ = std::vector<char>(kSmall);
    } else if (end_ == bytes_.size()) {
      std::copy(waiting().begin(), waiting().end(), bytes_.begin());
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == bytes_.size()) bytes_.resize(std::max(2 * bytes_.size(), wanted));
    return std::span(bytes_).subspan(end_);
  }
  void add(size_t count) { end_ += count; }

 private:
  std::vector<char> bytes_ = std::vector<char>(kSmall);
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace wordfire::serve
