#include "core/row_kernels.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/row_kernels.cc"
#include <hwy/foreach_target.h>
// After foreach_target:
#include <hwy/highway.h>

#include "core/column_blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace wordfire {
namespace HWY_NAMESPACE {

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

const char* target_name() { return hwy::TargetName(HWY_TARGET); }

void sum_rows(const RowsView& rows, const int32_t* ids, int64_t n, int64_t ahead, float scale,
              float* out) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(FullTag()));
  for_each_block(rows.dim, [&]<int K>(int64_t column) {
    sum_block<K>(rows, ids, n, ahead, scale, column, out);
  });
  const int64_t end = (rows.dim + lanes - 1) / lanes * lanes;
  for (int64_t i = end; i < buffer_width(rows.dim); ++i) out[i] = 0;
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

void dot_rows(const RowsView& rows, const int32_t* ids, int64_t n, const float* x, float* out) {
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

void outer_update(float* base, int32_t width, const int32_t* ids, const float* alpha, int64_t n,
                  const float* hidden, float* gradient) {
  for_each_padded_block(width, [&]<class D, int K>(D d, int64_t column) {
    outer_block<D, K>(d, base + column, width, ids, alpha, n, hidden + column, gradient + column);
  });
}

void add_scaled_rows(const float* base, int32_t width, const int32_t* ids, const float* alpha,
                     int64_t n, float* gradient) {
  for_each_padded_block(width, [&]<class D, int K>(D d, int64_t column) {
    scaled_block<D, K>(d, base + column, width, ids, alpha, n, gradient + column);
  });
}

void add_outer(float* base, int32_t width, const float* alpha, int64_t n, const float* hidden) {
  for_each_padded_block(width, [&]<class D, int K>(D d, int64_t column) {
    add_outer_block<D, K>(d, base + column, width, alpha, n, hidden + column);
  });
}

void add_to_rows(float* base, int32_t width, const int32_t* ids, int64_t n, const float* x) {
  add_to_rows_ahead(base, width, ids, n, 0, x);
}

void add_scaled(const float* x, float alpha, int32_t width, float* y) {
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

void exchange(float* shared, float* mine, float* merged, int64_t n) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(FullTag()));
  if (n % lanes == 0) return exchange_vectors(FullTag(), shared, mine, merged, n);
  exchange_vectors(hn::CappedTag<float, 4>(), shared, mine, merged, n);
}

void scale(float* x, int64_t n, float scale) {
  for (int64_t i = 0; i < n; ++i) x[i] *= scale;
}

}  // namespace HWY_NAMESPACE
}  // namespace wordfire
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordfire::kernels {

HWY_EXPORT(target_name);
HWY_EXPORT(sum_rows);
HWY_EXPORT(dot_rows);
HWY_EXPORT(outer_update);
HWY_EXPORT(add_scaled_rows);
HWY_EXPORT(add_outer);
HWY_EXPORT(add_to_rows);
HWY_EXPORT(add_scaled);
HWY_EXPORT(exchange);
HWY_EXPORT(scale);

const char* target_name() { return HWY_DYNAMIC_DISPATCH(target_name)(); }
void sum_rows(const RowsView& rows, const int32_t* ids, int64_t n, int64_t ahead, float scale,
              float* out) {
  HWY_DYNAMIC_DISPATCH(sum_rows)(rows, ids, n, ahead, scale, out);
}
void dot_rows(const RowsView& rows, const int32_t* ids, int64_t n, const float* x, float* out) {
  HWY_DYNAMIC_DISPATCH(dot_rows)(rows, ids, n, x, out);
}
void outer_update(float* base, int32_t width, const int32_t* ids, const float* alpha, int64_t n,
                  const float* hidden, float* gradient) {
  HWY_DYNAMIC_DISPATCH(outer_update)(base, width, ids, alpha, n, hidden, gradient);
}
void add_scaled_rows(const float* base, int32_t width, const int32_t* ids, const float* alpha,
                     int64_t n, float* gradient) {
  HWY_DYNAMIC_DISPATCH(add_scaled_rows)(base, width, ids, alpha, n, gradient);
}
void add_outer(float* base, int32_t width, const float* alpha, int64_t n, const float* hidden) {
  HWY_DYNAMIC_DISPATCH(add_outer)(base, width, alpha, n, hidden);
}
void add_to_rows(float* base, int32_t width, const int32_t* ids, int64_t n, const float* x) {
  HWY_DYNAMIC_DISPATCH(add_to_rows)(base, width, ids, n, x);
}
void add_scaled(const float* x, float alpha, int32_t width, float* y) {
  HWY_DYNAMIC_DISPATCH(add_scaled)(x, alpha, width, y);
}
void exchange(float* shared, float* mine, float* merged, int64_t n) {
  HWY_DYNAMIC_DISPATCH(exchange)(shared, mine, merged, n);
}
void scale(float* x, int64_t n, float factor) { HWY_DYNAMIC_DISPATCH(scale)(x, n, factor); }

}  // namespace wordfire::kernels
#endif
