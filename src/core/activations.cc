#include "core/activations.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/activations.cc"
#include <hwy/foreach_target.h>
// After foreach_target:
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wordfire {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FullTag = hn::ScalableTag<float>;

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

// exp(v), and NaN where v is: Highway's Exp gives 0 there, which would hide that training diverged,
// or converts NaN to an integer, which C++ does not define.
template <class D, class V>
HWY_INLINE V exp_or_nan(D d, V v) {
  const auto is_number = hn::Eq(v, v);
  return hn::IfThenElse(is_number, hn::Exp(d, hn::IfThenElseZero(is_number, v)), v);
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

void softmax(float* x, int64_t n) {
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

void sigmoid(float* x, int64_t n) {
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

HWY_EXPORT(softmax);
HWY_EXPORT(sigmoid);

void softmax(float* x, int64_t n) { HWY_DYNAMIC_DISPATCH(softmax)(x, n); }
void sigmoid(float* x, int64_t n) { HWY_DYNAMIC_DISPATCH(sigmoid)(x, n); }

}  // namespace wordfire::kernels
#endif
