#include "core/shared_matrix.h"

#include <sys/mman.h>

#include <algorithm>
#include <string>

#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"

namespace wordfire {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

// Zeroed memory, aligned to huge pages where it is large enough to profit.
void* map_zeros(size_t bytes) {
  const size_t reserve = bytes + (bytes >= kHugePage ? kHugePage : 0);
  void* const start =
      mmap(nullptr, reserve, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return nullptr;
  if (reserve == bytes) return start;
  char* const begin = static_cast<char*>(start);
  char* const aligned =
      begin + (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  if (aligned > begin) munmap(begin, static_cast<size_t>(aligned - begin));
  char* const end = aligned + bytes;
  if (begin + reserve > end) munmap(end, static_cast<size_t>(begin + reserve - end));
  madvise(aligned, bytes, MADV_HUGEPAGE);  // advice: failure changes speed alone
  return aligned;
}

}  // namespace

SharedMatrix::SharedMatrix(int64_t rows, int32_t dim)
    : rows_(rows), dim_(dim), width_(padded_width(dim)) {
  const size_t page = size_t{4} << 10;
  const size_t bytes =
      (static_cast<size_t>(bytes_for(rows, dim)) + kRowSlack + page - 1) / page * page;
  void* const memory = map_zeros(bytes);
  if (memory == nullptr) {
    throw Error::internal("out of memory: a matrix of " + std::to_string(rows) + " rows x " +
                          std::to_string(dim) + " needs " + std::to_string(bytes >> 20) +
                          " MiB; lower -bucket or -dim, or raise -minCount");
  }
  data_ = std::unique_ptr<float, UnmapRows>(static_cast<float*>(memory), UnmapRows{bytes});
}

void UnmapRows::operator()(float* data) const { munmap(data, bytes); }

RowsView SharedMatrix::view() const {
  return {reinterpret_cast<const std::byte*>(data_.get()), rows_, dim_,
          int64_t{width_} * int64_t{sizeof(float)}};
}

void SharedMatrix::mean_of_rows(std::span<const int32_t> ids, int64_t ahead, float* hidden) const {
  RowsView whole = view();
  whole.dim = width_;
  const auto n = static_cast<int64_t>(ids.size());
  kernels::sum_rows(whole, ids.data(), n, ahead, 1.0f / static_cast<float>(n), hidden);
}

void SharedMatrix::sum_runs(std::span<const int32_t> ids, std::span<const int64_t> end,
                            std::span<const kernels::TreeNode> nodes, float* scratch,
                            float* const* out) const {
  RowsView whole = view();
  whole.dim = width_;
  kernels::sum_runs(whole, ids.data(), end.data(), static_cast<int64_t>(end.size()), nodes.data(),
                    static_cast<int64_t>(nodes.size()), scratch, out);
}

void SharedMatrix::dot_rows(const int32_t* ids, int64_t n, const float* hidden, float* out) const {
  RowsView whole = view();
  whole.dim = width_;
  kernels::dot_rows(whole, ids, n, hidden, out);
}

void SharedMatrix::outer_update(const int32_t* ids, std::span<const float> alpha,
                                const float* hidden, float* gradient) {
  kernels::outer_update(data_.get(), width_, ids, alpha.data(), static_cast<int64_t>(alpha.size()),
                        hidden, gradient);
}

void SharedMatrix::add_scaled_rows(const int32_t* ids, std::span<const float> alpha,
                                   float* gradient) const {
  kernels::add_scaled_rows(data_.get(), width_, ids, alpha.data(),
                           static_cast<int64_t>(alpha.size()), gradient);
}

void SharedMatrix::add_to_rows(std::span<const int32_t> ids, const float* x) {
  kernels::add_to_rows(data_.get(), width_, ids.data(), static_cast<int64_t>(ids.size()), x);
}

void SharedMatrix::add_to_runs(std::span<const int32_t> ids, std::span<const int64_t> end,
                               const float* x) {
  kernels::add_to_runs(data_.get(), width_, ids.data(), end.data(),
                       static_cast<int64_t>(end.size()), x);
}

void SharedMatrix::add_outer(int64_t first, std::span<const float> alpha, const float* hidden) {
  kernels::add_outer(row(first), width_, alpha.data(), static_cast<int64_t>(alpha.size()), hidden);
}

void SharedMatrix::add_to_row(int64_t id, const float* x, float alpha) {
  kernels::add_scaled(x, alpha, width_, row(id));
}

void SharedMatrix::step_window(const WindowStep& step, float lr, WindowScratch& scratch) {
  window_step(step, lr, scratch);
}

void SharedMatrix::add_scaled(const float* x, float alpha, int32_t width, float* y) {
  kernels::add_scaled(x, alpha, width, y);
}

void SharedMatrix::exchange(SharedMatrix& mine, SharedMatrix& merged) {
  kernels::exchange(row(0), mine.row(0), merged.row(0), mine.rows() * width_);
}

void SharedMatrix::copy_from(const SharedMatrix& other, int threads) {
  parallel_for(rows_, int64_t{1} << 14, threads, [&](int64_t begin, int64_t end) {
    std::copy(other.row(begin), other.row(end), row(begin));
  });
}

void first_row(uint64_t seed, int64_t row, int32_t dim, float* out) {
  Rng rng(seed, static_cast<uint64_t>(row));
  const float bound = 1.0f / static_cast<float>(dim);
  // Two values a draw: 24 bits of each half.
  for (int32_t i = 0; i < dim; i += 2) {
    const uint64_t bits = rng.next();
    out[i] = (static_cast<float>(bits >> 40) * 0x1p-23f - 1.0f) * bound;
    if (i + 1 < dim) {
      out[i + 1] = (static_cast<float>((bits >> 8) & 0xffffff) * 0x1p-23f - 1.0f) * bound;
    }
  }
}

}  // namespace wordfire
