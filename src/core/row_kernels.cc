#include "core/row_kernels.h"

#include <algorithm>
#include <cstring>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/row_kernels.cc"
#include <hwy/foreach_target.h>
// After foreach_target:
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wordfire {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using kernels::kLeaves;
using kernels::TreeNode;

using FullTag = hn::ScalableTag<float>;

// Columns that are kept in registers at once, in vectors: 32 registers hold two such blocks and
// temporaries.
constexpr int kBlock = HWY_TARGET <= HWY_AVX3 ? 8 : 4;

// How many rows ahead sum_rows() asks for memory: at about 2 ns a row this covers a DRAM access.
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

// How many rows ahead add_to_rows() asks to own a row's lines. Another worker may have read them
// since they were summed; without this each store waits for them in turn.
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

// out[column, column + K * lanes) = scale * sum of rows; the last vector is cut at dim.
template <int K>
HWY_INLINE void sum_block(const RowsView& rows, const int32_t* ids, int64_t n, int64_t ahead,
                          float scale, int64_t column, float* out) {
  const FullTag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  hn::Vec<FullTag> sums[K];
  for (int k = 0; k < K; ++k) sums[k] = hn::Zero(d);
  const int64_t row_bytes = std::min<int64_t>(rows.dim - column, K * lanes) * 4;
  for (int64_t i = 0; i < n; ++i) {
    if (i + kPrefetchRows < n + ahead) {
      prefetch_row(rows.row(ids[i + kPrefetchRows]) + column * 4, row_bytes);
    }
    const std::byte* row = rows.row(ids[i]) + column * 4;
    for (int k = 0; k < K; ++k) sums[k] = hn::Add(sums[k], load_bytes(d, row + k * lanes * 4));
  }
  const auto factor = hn::Set(d, scale);
  const auto last = hn::FirstN(d, static_cast<size_t>(rows.dim - column - (K - 1) * lanes));
  sums[K - 1] = hn::IfThenElseZero(last, sums[K - 1]);
  for (int k = 0; k < K; ++k) hn::StoreU(hn::Mul(sums[k], factor), d, out + column + k * lanes);
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

const char* TargetName() { return hwy::TargetName(HWY_TARGET); }

void SumRows(const RowsView& rows, const int32_t* ids, int64_t n, int64_t ahead, float scale,
             float* out) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(FullTag()));
  for_each_block(rows.dim, [&]<int K>(int64_t column) {
    sum_block<K>(rows, ids, n, ahead, scale, column, out);
  });
  const int64_t end = (rows.dim + lanes - 1) / lanes * lanes;
  for (int64_t i = end; i < buffer_width(rows.dim); ++i) out[i] = 0;
}

// leaves row id % kLeaves += row id, for each id.
template <int K>
HWY_INLINE void sum_leaves_block(const RowsView& rows, const int32_t* ids, int64_t n, int64_t ahead,
                                 int64_t column, float* leaves) {
  const FullTag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t width = buffer_width(rows.dim);
  const int64_t row_bytes = std::min<int64_t>(rows.dim - column, K * lanes) * 4;
  const auto last = hn::FirstN(d, static_cast<size_t>(rows.dim - column - (K - 1) * lanes));
  for (int64_t i = 0; i < n; ++i) {
    if (i + kPrefetchRows < n + ahead) {
      prefetch_row(rows.row(ids[i + kPrefetchRows]) + column * 4, row_bytes);
    }
    const std::byte* const row = rows.row(ids[i]) + column * 4;
    float* const sum = leaves + (ids[i] & (kLeaves - 1)) * width + column;
    for (int k = 0; k < K; ++k) {
      auto w = load_bytes(d, row + k * lanes * 4);
      if (k == K - 1) w = hn::IfThenElseZero(last, w);
      hn::StoreU(hn::Add(hn::LoadU(d, sum + k * lanes), w), d, sum + k * lanes);
    }
  }
}

// x[0, n) += y[0, n); n: a multiple of 16.
HWY_INLINE void add_vectors(float* x, const float* y, int64_t n) {
  const FullTag d;
  for (int64_t i = 0; i < n; i += static_cast<int64_t>(hn::Lanes(d))) {
    hn::StoreU(hn::Add(hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, x + i);
  }
}

// Without a call to memset() or memcpy(), which costs more than a few vectors.
HWY_INLINE void set_zero(float* x, int64_t n) {
  const FullTag d;
  for (int64_t i = 0; i < n; i += static_cast<int64_t>(hn::Lanes(d))) {
    hn::StoreU(hn::Zero(d), d, x + i);
  }
}
HWY_INLINE void copy_vectors(const float* x, int64_t n, float* out) {
  const FullTag d;
  for (int64_t i = 0; i < n; i += static_cast<int64_t>(hn::Lanes(d))) {
    hn::StoreU(hn::LoadU(d, x + i), d, out + i);
  }
}

void SumRuns(const RowsView& rows, const int32_t* ids, const int64_t* end, int64_t runs,
             const TreeNode* nodes, int64_t n_nodes, float* scratch, float* const* out) {
  const int64_t width = buffer_width(rows.dim);
  int64_t begin = 0;
  for (int64_t run = 0; run < runs; begin = end[run++]) {
    for (const TreeNode* node = nodes; node < nodes + n_nodes; ++node) {
      set_zero(scratch + node->first * width, node->leaves * width);
    }
    for_each_block(rows.dim, [&]<int K>(int64_t column) {
      sum_leaves_block<K>(rows, ids + begin, end[run] - begin, end[runs - 1] - end[run], column,
                          scratch);
    });
    for (const TreeNode* node = nodes; node < nodes + n_nodes; ++node) {
      float* const leaves = scratch + node->first * width;
      for (int64_t half = 1; half < node->leaves; half *= 2) {
        for (int64_t i = 0; i < node->leaves; i += 2 * half) {
          add_vectors(leaves + i * width, leaves + (i + half) * width, width);
        }
      }
      copy_vectors(leaves, width, out[node->first] + run * width);
    }
  }
}

void SumTree(const float* const* x, const TreeNode* nodes, int64_t n_nodes, int64_t width,
             float scale, float* out) {
  const FullTag d;
  const auto factor = hn::Set(d, scale);
  for (int64_t i = 0; i < width; i += static_cast<int64_t>(hn::Lanes(d))) {
    // A stack of complete subtrees; two of the same size that are neighbours become one.
    hn::Vec<FullTag> sums[kLeaves];
    int32_t sizes[kLeaves];
    int top = -1;
    for (const TreeNode* node = nodes; node < nodes + n_nodes; ++node) {
      sums[++top] = hn::LoadU(d, x[node->first] + i);
      sizes[top] = node->leaves;
      while (top > 0 && sizes[top - 1] == sizes[top]) {
        sums[top - 1] = hn::Add(sums[top - 1], sums[top]);
        sizes[--top] *= 2;
      }
    }
    hn::StoreU(hn::Mul(sums[0], factor), d, out + i);
  }
}

int64_t SelectRows(const int32_t* ids, int64_t n, int32_t mask, int32_t begin, int32_t end,
                   int32_t* out) {
  const hn::ScalableTag<int32_t> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto of_parts = hn::Set(d, mask);
  const auto below = hn::Set(d, begin - 1);
  const auto above = hn::Set(d, end);
  int64_t found = 0;
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto id = hn::LoadU(d, ids + i);
    const auto part = hn::And(id, of_parts);
    const auto own = hn::And(hn::Gt(part, below), hn::Lt(part, above));
    // Not CompressStore: compressing straight to memory is microcode on some processors.
    hn::StoreU(hn::Compress(id, own), d, out + found);
    found += static_cast<int64_t>(hn::CountTrue(d, own));
  }
  for (; i < n; ++i) {
    const int32_t part = ids[i] & mask;
    if (part >= begin && part < end) out[found++] = ids[i];
  }
  return found;
}

HWY_INLINE float dot_row(const std::byte* row, const float* x, int64_t dim) {
  const FullTag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  int64_t i = 0;
  for (; i + 2 * lanes <= dim; i += 2 * lanes) {
    sum0 = hn::MulAdd(load_bytes(d, row + i * 4), hn::LoadU(d, x + i), sum0);
    sum1 = hn::MulAdd(load_bytes(d, row + (i + lanes) * 4), hn::LoadU(d, x + i + lanes), sum1);
  }
  for (; i < dim; i += lanes) {
    const auto mask = hn::FirstN(d, static_cast<size_t>(dim - i));
    const auto w = hn::IfThenElseZero(mask, load_bytes(d, row + i * 4));
    sum0 = hn::MulAdd(w, hn::LoadU(d, x + i), sum0);
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1)));
}

void DotRows(const RowsView& rows, const int32_t* ids, int64_t n, const float* x, float* out) {
  for (int64_t i = 0; i < n; ++i) out[i] = dot_row(rows.row(ids ? ids[i] : i), x, rows.dim);
}

// The three kernels below work on padded rows: whole vectors, no mask. D is at most as wide as a
// row.
template <class D, int K>
HWY_INLINE void outer_block(D d, float* base, int64_t width, const int32_t* ids, const float* alpha,
                            int64_t n, const float* hidden, float* gradient) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  hn::Vec<D> h[K];
  hn::Vec<D> g[K];
  for (int k = 0; k < K; ++k) h[k] = hn::LoadU(d, hidden + k * lanes);
  for (int k = 0; k < K; ++k) g[k] = hn::LoadU(d, gradient + k * lanes);
  for (int64_t i = 0; i < n; ++i) {
    float* row = base + (ids ? ids[i] : i) * width;
    const auto a = hn::Set(d, alpha[i]);
    for (int k = 0; k < K; ++k) {
      const auto w = hn::LoadU(d, row + k * lanes);
      g[k] = hn::MulAdd(a, w, g[k]);
      hn::StoreU(hn::MulAdd(a, h[k], w), d, row + k * lanes);
    }
  }
  for (int k = 0; k < K; ++k) hn::StoreU(g[k], d, gradient + k * lanes);
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

template <class D, int K>
HWY_INLINE void add_outer_block(D d, float* base, int64_t width, const float* alpha, int64_t n,
                                const float* hidden) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  hn::Vec<D> h[K];
  for (int k = 0; k < K; ++k) h[k] = hn::LoadU(d, hidden + k * lanes);
  for (int64_t i = 0; i < n; ++i) {
    float* row = base + i * width;
    const auto a = hn::Set(d, alpha[i]);
    for (int k = 0; k < K; ++k) {
      hn::StoreU(hn::MulAdd(a, h[k], hn::LoadU(d, row + k * lanes)), d, row + k * lanes);
    }
  }
}

template <class D, int K>
HWY_INLINE void scaled_block(D d, const float* base, int64_t width, const int32_t* ids,
                             const float* alpha, int64_t n, float* gradient) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  hn::Vec<D> g[K];
  for (int k = 0; k < K; ++k) g[k] = hn::LoadU(d, gradient + k * lanes);
  for (int64_t i = 0; i < n; ++i) {
    const float* row = base + (ids ? ids[i] : i) * width;
    const auto a = hn::Set(d, alpha[i]);
    for (int k = 0; k < K; ++k) g[k] = hn::MulAdd(a, hn::LoadU(d, row + k * lanes), g[k]);
  }
  for (int k = 0; k < K; ++k) hn::StoreU(g[k], d, gradient + k * lanes);
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

void OuterUpdate(float* base, int32_t width, const int32_t* ids, const float* alpha, int64_t n,
                 const float* hidden, float* gradient) {
  for_each_padded_block(width, [&]<class D, int K>(D d, int64_t column) {
    outer_block<D, K>(d, base + column, width, ids, alpha, n, hidden + column, gradient + column);
  });
}

void AddScaledRows(const float* base, int32_t width, const int32_t* ids, const float* alpha,
                   int64_t n, float* gradient) {
  for_each_padded_block(width, [&]<class D, int K>(D d, int64_t column) {
    scaled_block<D, K>(d, base + column, width, ids, alpha, n, gradient + column);
  });
}

void AddOuter(float* base, int32_t width, const float* alpha, int64_t n, const float* hidden) {
  for_each_padded_block(width, [&]<class D, int K>(D d, int64_t column) {
    add_outer_block<D, K>(d, base + column, width, alpha, n, hidden + column);
  });
}

HWY_INLINE void add_to_rows(float* base, int32_t width, const int32_t* ids, int64_t n,
                            int64_t ahead, const float* x) {
  for_each_padded_block(width, [&]<class D, int K>(D d, int64_t column) {
    add_block<D, K>(d, base + column, width, ids, n, ahead, x + column);
  });
}

void AddToRows(float* base, int32_t width, const int32_t* ids, int64_t n, const float* x) {
  add_to_rows(base, width, ids, n, 0, x);
}

void AddToRuns(float* base, int32_t width, const int32_t* ids, const int64_t* end, int64_t runs,
               const float* x) {
  int64_t begin = 0;
  for (int64_t run = 0; run < runs; begin = end[run++]) {
    add_to_rows(base, width, ids + begin, end[run] - begin, end[runs - 1] - end[run],
                x + run * buffer_width(width));
  }
}

void AddScaled(const float* x, float alpha, int32_t width, float* y) {
  for_each_padded_block(width, [&]<class D, int K>(D d, int64_t column) {
    scaled_block<D, K>(d, x + column, width, nullptr, &alpha, 1, y + column);
  });
}

template <class D>
HWY_INLINE void exchange_vectors(D d, float* shared, float* mine, float* merged, int64_t n) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < n; i += lanes) {
    const auto change = hn::Sub(hn::LoadU(d, mine + i), hn::LoadU(d, merged + i));
    const auto sum = hn::Add(hn::LoadU(d, shared + i), change);
    hn::StoreU(sum, d, shared + i);
    hn::StoreU(sum, d, mine + i);
    hn::StoreU(sum, d, merged + i);
  }
}

void Exchange(float* shared, float* mine, float* merged, int64_t n) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(FullTag()));
  if (n % lanes == 0) return exchange_vectors(FullTag(), shared, mine, merged, n);
  exchange_vectors(hn::CappedTag<float, 4>(), shared, mine, merged, n);
}

void Scale(float* x, int64_t n, float scale) {
  for (int64_t i = 0; i < n; ++i) x[i] *= scale;
}

// The last n < lanes values at p, and `fill` behind them.
HWY_INLINE hn::Vec<FullTag> load_last(const float* p, int64_t n, hn::Vec<FullTag> fill) {
  const FullTag d;
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  const auto first = hn::FirstN(d, static_cast<size_t>(n));
  return hn::IfThenElse(first, hn::MaskedLoad(first, d, p), fill);
#else
  HWY_ALIGN float rest[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(fill, d, rest);
  std::copy(p, p + n, rest);
  return hn::Load(d, rest);
#endif
}

HWY_INLINE void store_last(hn::Vec<FullTag> v, float* p, int64_t n) {
  const FullTag d;
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  hn::BlendedStore(v, hn::FirstN(d, static_cast<size_t>(n)), d, p);
#else
  HWY_ALIGN float rest[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(v, d, rest);
  std::copy(rest, rest + n, p);
#endif
}

// x[i] = function(x[i]).
template <class Function>
HWY_INLINE void transform(float* x, int64_t n, Function function) {
  const FullTag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t whole = n / lanes * lanes;
  for (int64_t i = 0; i < whole; i += lanes) hn::StoreU(function(d, hn::LoadU(d, x + i)), d, x + i);
  store_last(function(d, load_last(x + whole, n - whole, hn::Zero(d))), x + whole, n - whole);
}

// exp(v), and NaN where v is: Highway's Exp gives 0 there, which would hide that training diverged.
template <class D, class V>
HWY_INLINE V exp_or_nan(D d, V v) {
  return hn::IfThenElse(hn::Eq(v, v), hn::Exp(d, v), v);
}

// low, high += the lower and the upper half of v. (With one lane all of v is in the lower.)
#if HWY_TARGET == HWY_SCALAR
using Doubles = hn::ScalableTag<double>;
#else
using Doubles = hn::RepartitionToWide<FullTag>;
#endif
HWY_INLINE void add_as_doubles(hn::Vec<FullTag> v, hn::Vec<Doubles>& low,
                               [[maybe_unused]] hn::Vec<Doubles>& high) {
#if HWY_TARGET == HWY_SCALAR
  low = hn::Add(low, hn::PromoteTo(Doubles(), v));
#else
  const hn::Half<FullTag> half;
  low = hn::Add(low, hn::PromoteTo(Doubles(), hn::LowerHalf(half, v)));
  high = hn::Add(high, hn::PromoteTo(Doubles(), hn::UpperHalf(half, v)));
#endif
}

void Softmax(float* x, int64_t n) {
  const FullTag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t whole = n / lanes * lanes;
  // exp of what fills the last vector up is 0.
  const auto rest =
      load_last(x + whole, n - whole, hn::Set(d, -std::numeric_limits<float>::infinity()));
  auto largest = rest;
  for (int64_t i = 0; i < whole; i += lanes) largest = hn::Max(largest, hn::LoadU(d, x + i));
  largest = hn::MaxOfLanes(d, largest);
  auto low = hn::Zero(Doubles());
  auto high = hn::Zero(Doubles());
  for (int64_t i = 0; i < whole; i += lanes) {
    const auto e = exp_or_nan(d, hn::Sub(hn::LoadU(d, x + i), largest));
    add_as_doubles(e, low, high);
    hn::StoreU(e, d, x + i);
  }
  const auto e = exp_or_nan(d, hn::Sub(rest, largest));
  add_as_doubles(e, low, high);
  const double sum = hn::GetLane(hn::SumOfLanes(Doubles(), hn::Add(low, high)));
  const auto inverse = hn::Set(d, static_cast<float>(1.0 / sum));
  for (int64_t i = 0; i < whole; i += lanes) {
    hn::StoreU(hn::Mul(hn::LoadU(d, x + i), inverse), d, x + i);
  }
  store_last(hn::Mul(e, inverse), x + whole, n - whole);
}

void Sigmoid(float* x, int64_t n) {
  transform(x, n, [](auto d, auto v) {
    const auto one = hn::Set(d, 1.0f);
    // Highway's Exp holds up to 104; a comparison, unlike Max, lets NaN through.
    const auto lowest = hn::Set(d, -87.0f);
    const auto x_in_range = hn::IfThenElse(hn::Lt(v, lowest), lowest, v);
    return hn::Div(one, hn::Add(one, exp_or_nan(d, hn::Neg(x_in_range))));
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace wordfire
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordfire::kernels {

HWY_EXPORT(TargetName);
HWY_EXPORT(SumRows);
HWY_EXPORT(SelectRows);
HWY_EXPORT(SumRuns);
HWY_EXPORT(SumTree);
HWY_EXPORT(DotRows);
HWY_EXPORT(OuterUpdate);
HWY_EXPORT(AddScaledRows);
HWY_EXPORT(AddOuter);
HWY_EXPORT(AddToRows);
HWY_EXPORT(AddToRuns);
HWY_EXPORT(AddScaled);
HWY_EXPORT(Exchange);
HWY_EXPORT(Scale);
HWY_EXPORT(Softmax);
HWY_EXPORT(Sigmoid);

void sum_rows(const RowsView& rows, const int32_t* ids, int64_t n, int64_t ahead, float scale,
              float* out) {
  HWY_DYNAMIC_DISPATCH(SumRows)(rows, ids, n, ahead, scale, out);
}
void sum_runs(const RowsView& rows, const int32_t* ids, const int64_t* end, int64_t runs,
              const TreeNode* nodes, int64_t n_nodes, float* scratch, float* const* out) {
  HWY_DYNAMIC_DISPATCH(SumRuns)(rows, ids, end, runs, nodes, n_nodes, scratch, out);
}
void sum_tree(const float* const* x, const TreeNode* nodes, int64_t n_nodes, int64_t width,
              float scale, float* out) {
  HWY_DYNAMIC_DISPATCH(SumTree)(x, nodes, n_nodes, width, scale, out);
}
int64_t select_rows(const int32_t* ids, int64_t n, int32_t mask, int32_t begin, int32_t end,
                    int32_t* out) {
  return HWY_DYNAMIC_DISPATCH(SelectRows)(ids, n, mask, begin, end, out);
}
void dot_rows(const RowsView& rows, const int32_t* ids, int64_t n, const float* x, float* out) {
  HWY_DYNAMIC_DISPATCH(DotRows)(rows, ids, n, x, out);
}
void outer_update(float* base, int32_t width, const int32_t* ids, const float* alpha, int64_t n,
                  const float* hidden, float* gradient) {
  HWY_DYNAMIC_DISPATCH(OuterUpdate)(base, width, ids, alpha, n, hidden, gradient);
}
void add_scaled_rows(const float* base, int32_t width, const int32_t* ids, const float* alpha,
                     int64_t n, float* gradient) {
  HWY_DYNAMIC_DISPATCH(AddScaledRows)(base, width, ids, alpha, n, gradient);
}
void add_outer(float* base, int32_t width, const float* alpha, int64_t n, const float* hidden) {
  HWY_DYNAMIC_DISPATCH(AddOuter)(base, width, alpha, n, hidden);
}
void add_to_rows(float* base, int32_t width, const int32_t* ids, int64_t n, const float* x) {
  HWY_DYNAMIC_DISPATCH(AddToRows)(base, width, ids, n, x);
}
void add_to_runs(float* base, int32_t width, const int32_t* ids, const int64_t* end, int64_t runs,
                 const float* x) {
  HWY_DYNAMIC_DISPATCH(AddToRuns)(base, width, ids, end, runs, x);
}
void add_scaled(const float* x, float alpha, int32_t width, float* y) {
  HWY_DYNAMIC_DISPATCH(AddScaled)(x, alpha, width, y);
}
void exchange(float* shared, float* mine, float* merged, int64_t n) {
  HWY_DYNAMIC_DISPATCH(Exchange)(shared, mine, merged, n);
}
void scale(float* x, int64_t n, float factor) { HWY_DYNAMIC_DISPATCH(Scale)(x, n, factor); }
void softmax(float* x, int64_t n) { HWY_DYNAMIC_DISPATCH(Softmax)(x, n); }
void sigmoid(float* x, int64_t n) { HWY_DYNAMIC_DISPATCH(Sigmoid)(x, n); }

const char* target_name() { return HWY_DYNAMIC_DISPATCH(TargetName)(); }

}  // namespace wordfire::kernels
#endif
