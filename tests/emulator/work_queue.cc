#include "emulator/work_queue.h"

#include <algorithm>
#include <utility>

namespace wordfire::emulator {

WorkStream* WorkQueue::create(int device) {
  streams_.push_back({.device = device, .is_destroyed = false, .work = {}});
  return &streams_.back();
}

WorkStream* WorkQueue::find(WorkStream* stream) {
  for (WorkStream& one : streams_) {
    if (&one == stream) return one.is_destroyed ? nullptr : stream;
  }
  return nullptr;
}

void WorkQueue::destroy(WorkStream& stream) {
  stream.is_destroyed = true;
  forget_destroyed();
}

void WorkQueue::add(WorkStream& stream, Work work) {
  stream.work.push_back(std::move(work));
  run_some();
}

void WorkQueue::finish(WorkStream& stream) {
  run_some();
  while (!stream.work.empty()) {
    run_next(stream);
    run_some();
  }
}

void WorkQueue::finish_all(int device) {
  for (WorkStream& stream : streams_) {
    while (stream.device == device && !stream.work.empty()) run_next(stream);
  }
  forget_destroyed();
}

std::string WorkQueue::user_of(const Span& memory) const {
  for (const WorkStream& stream : streams_) {
    for (const Work& work : stream.work) {
      if (work.host.overlaps(memory) || work.device.overlaps(memory)) return work.name;
    }
  }
  return "";
}

std::string WorkQueue::leaks() const {
  const auto alive = std::count_if(streams_.begin(), streams_.end(),
                                   [](const WorkStream& stream) { return !stream.is_destroyed; });
  return alive == 0 ? "" : std::to_string(alive) + " streams";
}

// What it does may fail: it is gone all the same.
void WorkQueue::run_next(WorkStream& stream) {
  const Work work = std::move(stream.work.front());
  stream.work.pop_front();
  work.run();
}

void WorkQueue::run_some() {
  if (is_lazy_) return;
  for (WorkStream& stream : streams_) {
    // Half of the streams stay as they are; of the others a few works, or all.
    for (std::uint64_t n = random_() % 8; n > 3 && !stream.work.empty(); --n) run_next(stream);
  }
  forget_destroyed();
}

void WorkQueue::forget_destroyed() {
  streams_.remove_if(
      [](const WorkStream& stream) { return stream.is_destroyed && stream.work.empty(); });
}

}  // namespace wordfire::emulator
