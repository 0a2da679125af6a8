#include "ordered_output.h"

#include <utility>

namespace wordfire {

OrderedOutput::OrderedOutput(std::function<void(std::string_view)> write, int64_t window)
    : write_(std::move(write)), window_(window) {}

bool OrderedOutput::write_piece(int64_t number, std::string_view text) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || number == next_; });
  if (closed_) return false;
  try {
    write_(text);
  } catch (...) {
    closed_ = true;
    changed_.notify_all();
    throw;
  }
  return true;
}

bool OrderedOutput::finish(int64_t number, std::string text) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || number < next_ + window_; });
  if (closed_) return false;
  waiting_.emplace(number, std::move(text));
  try {
    write_ready();
  } catch (...) {
    closed_ = true;
    changed_.notify_all();
    throw;
  }
  changed_.notify_all();
  return true;
}

void OrderedOutput::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void OrderedOutput::write_ready() {
  while (!waiting_.empty() && waiting_.begin()->first == next_) {
    write_(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    ++next_;
  }
}

}  // namespace wordfire
