#include "io/line_shuffle.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/parallel.h"

namespace wordfire {
namespace {

// Record: key (8 bytes), length of the line (4), the line.
constexpr size_t kHeadBytes = sizeof(uint64_t) + sizeof(uint32_t);
constexpr int kKeyBytes = 8;
constexpr int64_t kMinMemory = 1 << 20;

uint64_t key_of(const char* record) {
  uint64_t key;
  std::memcpy(&key, record, sizeof(key));
  return key;
}

std::string_view line_of(const char* record) {
  uint32_t length;
  std::memcpy(&length, record + sizeof(uint64_t), sizeof(length));
  return {record + kHeadBytes, length};
}

}  // namespace

// A part in memory, and its records in rising order: key and offset.
struct LineShuffle::Sorted {
  std::string lines;
  std::vector<std::pair<uint64_t, size_t>> order;
};

int64_t LineShuffle::Part::bytes() const {
  auto total = static_cast<int64_t>(lines.size());
  for (const Extent& extent : spilled) total += static_cast<int64_t>(extent.bytes);
  return total;
}

LineShuffle::LineShuffle(int64_t memory, std::string folder, int threads)
    : LineShuffle(memory, std::move(folder), threads, 0) {}

LineShuffle::LineShuffle(int64_t memory, std::string folder, int threads, int depth)
    : memory_(std::max(memory, kMinMemory)),
      folder_(std::move(folder)),
      threads_(std::max(threads, 1)),
      depth_(depth) {}

LineShuffle::Part& LineShuffle::part_of(uint64_t key) {
  return parts_[key >> (8 * (kKeyBytes - 1 - depth_)) & (kParts - 1)];
}

void LineShuffle::add(uint64_t key, std::string_view line) {
  const auto length = static_cast<uint32_t>(line.size());
  std::string& lines = part_of(key).lines;
  lines.append(reinterpret_cast<const char*>(&key), sizeof(key));
  lines.append(reinterpret_cast<const char*>(&length), sizeof(length));
  lines.append(line);
  in_memory_ += static_cast<int64_t>(kHeadBytes + line.size());
  // Strings grow by doubling: a third of the budget in bytes is at most two thirds of it in memory.
  if (in_memory_ > memory_ / 3) spill();
}

void LineShuffle::spill() {
  if (!scratch_) scratch_ = std::make_unique<ScratchFile>(folder_);
  for (Part& part : parts_) {
    if (part.lines.empty()) continue;
    part.spilled.push_back({scratch_->append(part.lines), part.lines.size()});
    part.lines.clear();
  }
  in_memory_ = 0;
}

std::string LineShuffle::load(Part& part) const {
  if (part.spilled.empty()) return std::exchange(part.lines, {});
  std::string lines(static_cast<size_t>(part.bytes()), '\0');
  size_t at = 0;
  for (const Extent& extent : part.spilled) {
    scratch_->read(extent.offset, std::span(lines).subspan(at, extent.bytes));
    at += extent.bytes;
  }
  return lines;
}

LineShuffle::Sorted LineShuffle::sort(Part& part) const {
  Sorted sorted{load(part), {}};
  for (size_t at = 0; at < sorted.lines.size();) {
    const char* record = sorted.lines.data() + at;
    sorted.order.emplace_back(key_of(record), at);
    at += kHeadBytes + line_of(record).size();
  }
  std::sort(sorted.order.begin(), sorted.order.end());
  return sorted;
}

void LineShuffle::drain_spilled(const Part& part, const Write& write) const {
  const bool keys_differ = depth_ + 1 < kKeyBytes;
  LineShuffle finer(memory_ / 2, folder_, threads_, keys_differ ? depth_ + 1 : depth_);
  for (const Extent& extent : part.spilled) {
    std::string lines(extent.bytes, '\0');
    scratch_->read(extent.offset, lines);
    for (size_t at = 0; at < lines.size();) {
      const char* record = lines.data() + at;
      const std::string_view line = line_of(record);
      keys_differ ? finer.add(key_of(record), line) : write(line);
      at += kHeadBytes + line.size();
    }
  }
  finer.drain(write);
}

void LineShuffle::drain(const Write& write) {
  if (scratch_) {
    spill();
    for (Part& part : parts_) part.lines = {};
  }
  // As many parts at once as half of the budget holds; their indices take less than the rest.
  for (int first = 0; first < kParts;) {
    int end = first;
    for (int64_t bytes = parts_[end].bytes(); end < kParts && bytes <= memory_ / 2;) {
      if (++end < kParts) bytes += parts_[end].bytes();
    }
    if (end > first) {
      drain_parts(first, end, write);
    } else {
      drain_spilled(parts_[end++], write);
    }
    first = end;
  }
}

void LineShuffle::drain_parts(int first, int end, const Write& write) {
  std::vector<Sorted> sorted(static_cast<size_t>(end - first));
  parallel_for(end - first, 1, threads_,
               [&](int64_t i, int64_t) { sorted[i] = sort(parts_[first + i]); });
  for (const Sorted& part : sorted) {
    for (const auto& [key, at] : part.order) write(line_of(part.lines.data() + at));
  }
}

}  // namespace wordfire
