#include "io/line_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "core/error.h"
#include "io/foreign_format.h"

namespace wordfire {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// The first block of a file must be long enough to hold a byte-order mark.
constexpr size_t kMinBlockBytes = kByteOrderMark.size();

}  // namespace

LineBlockReader::LineBlockReader(std::vector<std::string> paths, size_t block_bytes,
                                 const std::atomic<bool>* stop, TextReading reading)
    : paths_(std::move(paths)),
      block_bytes_(std::max(block_bytes, kMinBlockBytes)),
      stop_(stop),
      reading_(std::move(reading)) {
  if (reading_.shares > 1) ranges_ = cut_files(paths_, reading_);
}

LineBlockReader::~LineBlockReader() = default;

bool LineBlockReader::next(LineBlock& block) {
  const std::lock_guard lock(mutex_);
  try {
    return advance(block);
  } catch (...) {
    source_.reset();  // for the other threads, this is the end
    next_file_ = paths_.size();
    throw;
  }
}

int64_t LineBlockReader::bytes_read() const {
  const std::lock_guard lock(mutex_);
  return bytes_read_;
}

bool LineBlockReader::advance(LineBlock& block) {
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  while (source_ != nullptr || next_file_ < paths_.size()) {
    if (source_ == nullptr) open_next();
    fill(block);
    if (block.size == 0) continue;
    const int64_t sequence = next_sequence_++;
    if (is_of_others(sequence)) continue;
    block.file = next_file_ - 1;
    block.sequence = sequence;
    bytes_read_ += static_cast<int64_t>(block.size);
    return true;
  }
  return false;
}

void LineBlockReader::open_next() {
  const size_t file = next_file_++;
  file_offset_ = 0;
  if (ranges_) {
    const ByteRange& range = (*ranges_)[file];
    source_ = open_range(paths_[file], range);
    file_offset_ = range.begin;
  } else {
    source_ = open_text(paths_[file], reading_, stop_);
    if (reading_.shares > 1) source_ = fill_reads(std::move(source_));
  }
}

void LineBlockReader::fill(LineBlock& block) {
  std::vector<char>& bytes = block.bytes;
  const size_t size = read_lines(bytes);
  const auto begin = bytes.begin();
  if (file_offset_ == 0) refuse_foreign({bytes.data(), size}, paths_[next_file_ - 1]);
  const bool marked =
      file_offset_ == 0 && std::string_view(bytes.data(), size).starts_with(kByteOrderMark);
  file_offset_ += static_cast<int64_t>(size);
  if (marked) bytes.erase(begin, begin + static_cast<std::ptrdiff_t>(kByteOrderMark.size()));
  block.size = size - (marked ? kByteOrderMark.size() : 0);
  bytes.resize(block.size + LineBlock::kSlack);
  std::fill(bytes.end() - LineBlock::kSlack, bytes.end(), '\0');
}

size_t LineBlockReader::read_lines(std::vector<char>& bytes) {
  bytes.resize(std::max(block_bytes_, carry_.size() + 1));
  std::copy(carry_.begin(), carry_.end(), bytes.begin());
  size_t size = carry_.size();
  size_t lines_end = 0;  // behind the last line end so far
  // Lines that are there are handed on when the next ones are not: somebody may wait for an answer.
  while (lines_end == 0 || (size < block_bytes_ && !source_->would_wait())) {
    if (size == bytes.size()) bytes.resize(size * 2);  // part of one long line
    const std::optional<size_t> read = read_some(std::span(bytes).subspan(size), lines_end > 0);
    if (!read) break;
    const size_t got = *read;
    const std::string_view added(bytes.data() + size, got);
    if (lines_end == 0) check_line(size + std::min(added.find('\n'), got));
    const size_t last = added.rfind('\n');
    if (last != std::string_view::npos) lines_end = size + last + 1;
    size += got;
    if (got == 0) {
      source_.reset();
      lines_end = size;
      break;
    }
  }
  carry_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(lines_end),
                bytes.begin() + static_cast<std::ptrdiff_t>(size));
  return lines_end;
}

std::optional<size_t> LineBlockReader::read_some(std::span<char> bytes, bool has_lines) {
  try {
    return source_->read(bytes);
  } catch (const Error&) {
    if (!has_lines) throw;
    failure_ = std::current_exception();
    return std::nullopt;
  }
}

void LineBlockReader::check_line(size_t length) const {
  if (length <= kMaxLineBytes) return;
  throw Error::data(fmt::format("{}: byte {}: a line of more than {} bytes; is this a text file?",
                                source_->name(), file_offset_, kMaxLineBytes));
}

}  // namespace wordfire
