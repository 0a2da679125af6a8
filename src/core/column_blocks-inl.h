// What kernels on rows of floats share: a row is walked in blocks of columns that stay in
// registers. Compiled once for each instruction set: a source includes this after
// hwy/foreach_target.h.

// Not #pragma once: each instruction set needs its own copy.
#if defined(WORDFIRE_CORE_COLUMN_BLOCKS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef WORDFIRE_CORE_COLUMN_BLOCKS_INL_H
#undef WORDFIRE_CORE_COLUMN_BLOCKS_INL_H
#else
#define WORDFIRE_CORE_COLUMN_BLOCKS_INL_H
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace wordfire {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FullTag = hn::ScalableTag<float>;

// Columns that are kept in registers at once, in vectors: 32 registers hold two such blocks and
// temporaries.
constexpr int kBlock = HWY_TARGET <= HWY_AVX3 ? 8 : 4;

// How many rows ahead sums ask for memory: at about 2 ns a row this covers a DRAM access.
constexpr int64_t kPrefetchRows = 48;

// Rows of any address: loads go through bytes, since a float* must be aligned.
template <class D>
HWY_INLINE hn::Vec<D> load_bytes(D d, const std::byte* p) {
#if HWY_TARGET == HWY_SCALAR
  float value;
  std::memcpy(&value, p, sizeof(value));
  return hn::Set(d, value);
#else
  const hn::Repartition<uint8_t, D> bytes;
  return hn::BitCast(d, hn::LoadU(bytes, reinterpret_cast<const uint8_t*>(p)));
#endif
}

HWY_INLINE void prefetch_row(const std::byte* row, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += 64) __builtin_prefetch(row + at);
}

// Calls block.operator()<K>(column) for the blocks of vectors that cover [0, dim).
template <class Block>
HWY_INLINE void for_each_block(int64_t dim, Block block) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(FullTag()));
  int64_t column = 0;
  for (; dim - column > (kBlock - 1) * lanes; column += kBlock * lanes) {
    block.template operator()<kBlock>(column);
  }
  const int64_t rest = dim <= column ? 0 : (dim - column + lanes - 1) / lanes;
  switch (rest) {
    case 1:
      return block.template operator()<1>(column);
    case 2:
      return block.template operator()<2>(column);
    case 3:
      return block.template operator()<3>(column);
    case 4:
      return block.template operator()<4>(column);
    case 5:
      return block.template operator()<5>(column);
    case 6:
      return block.template operator()<6>(column);
    case 7:
      return block.template operator()<7>(column);
    default:
      return;
  }
}

// Calls work.operator()<D, K>(tag, column): rows narrower than a vector take one of 4 or 8 lanes.
template <class Work>
HWY_INLINE void for_each_padded_block(int64_t width, Work work) {
  if (width == 4 && hn::Lanes(FullTag()) > 4) {
    return work.template operator()<hn::CappedTag<float, 4>, 1>({}, 0);
  }
  if (width == 8 && hn::Lanes(FullTag()) > 8) {
    return work.template operator()<hn::CappedTag<float, 8>, 1>({}, 0);
  }
  for_each_block(width,
                 [&]<int K>(int64_t column) { work.template operator()<FullTag, K>({}, column); });
}

// How many rows ahead add_to_rows_ahead() asks to own a row's lines. Another worker may have read
// them since they were summed; without this each store waits for them in turn.
constexpr int64_t kOwnRows = 16;

HWY_INLINE void own_row(const float* row, int64_t bytes) {
#if defined(__x86_64__)
  const char* const line = reinterpret_cast<const char*>(row);
  for (int64_t at = 0; at < bytes; at += 64) asm volatile("prefetchw %0" : : "m"(line[at]));
#else
  __builtin_prefetch(row, 1);
  (void)bytes;
#endif
}

template <class D, int K>
HWY_INLINE void add_block(D d, float* base, int64_t width, const int32_t* ids, int64_t n,
                          int64_t ahead, const float* x) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  hn::Vec<D> v[K];
  for (int k = 0; k < K; ++k) v[k] = hn::LoadU(d, x + k * lanes);
  for (int64_t i = 0; i < n; ++i) {
    if (i + kOwnRows < n + ahead) own_row(base + ids[i + kOwnRows] * width, K * lanes * 4);
    float* row = base + ids[i] * width;
    for (int k = 0; k < K; ++k) {
      hn::StoreU(hn::Add(hn::LoadU(d, row + k * lanes), v[k]), d, row + k * lanes);
    }
  }
}

HWY_INLINE void add_to_rows_ahead(float* base, int32_t width, const int32_t* ids, int64_t n,
                                  int64_t ahead, const float* x) {
  for_each_padded_block(width, [&]<class D, int K>(D d, int64_t column) {
    add_block<D, K>(d, base + column, width, ids, n, ahead, x + column);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace wordfire
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
