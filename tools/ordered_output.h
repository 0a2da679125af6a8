// Text that several threads make and that goes out in the order of its source. What waits for its
// turn is bounded.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace wordfire {

// Parts are numbered 0, 1, 2, ... A thread must take numbers in rising order and finish one before
// it takes the next: then the lowest unfinished part is always being worked on, and nobody waits
// for ever.
class OrderedOutput {
 public:
  // write: called with one part after the other, by one thread at a time.
  // window: a finished part waits here while it is less than `window` parts early; else its thread
  // waits.
  OrderedOutput(std::function<void(std::string_view)> write, int64_t window);

  // Writes a first piece of part `number`, as soon as all parts before it are out. Returns false,
  // at once, if the output was closed. Throws what `write` throws, and closes the output then.
  [[nodiscard]] bool write_piece(int64_t number, std::string_view text);
  // The rest of part `number`; as above.
  [[nodiscard]] bool finish(int64_t number, std::string text);

  // Lets every thread return: one of them failed.
  void close();

 private:
  void write_ready();

  std::function<void(std::string_view)> write_;
  const int64_t window_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int64_t, std::string> waiting_;
  int64_t next_ = 0;  // the part whose turn it is
  bool closed_ = false;
};

}  // namespace wordfire
