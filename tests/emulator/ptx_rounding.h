// Sums rounded towards zero or towards minus infinity (PTX ISA, "Rounding Modifiers"), without
// changing how the processor rounds.
//
// The exact sum of two doubles is s + e, s their rounded sum and e what it lacks (Knuth 1997, The
// Art of Computer Programming, volume 2, section 4.2.2, theorem B: "two-sum"). A float is rounded
// down rightly if it is not above s + e.
#pragma once

#include <cmath>
#include <limits>

namespace wordfire::emulator {

struct ExactSum {
  double rounded;
  double rest;
};

// a + b; not exact only where the sum overflows, or if one of them is not finite.
inline ExactSum exact_sum(double a, double b) {
  const double sum = a + b;
  const double of_b = sum - a;
  const double rest = (a - (sum - of_b)) + (b - of_b);
  return {sum, std::isfinite(sum) ? rest : 0};
}

// nearest: s + e rounded to the nearest float. exact zero gets the sign that PTX gives it: minus if
// the addends differ in sign.
inline float rounded_down(float nearest, const ExactSum& exact, bool minus_zero) {
  const auto value = static_cast<double>(nearest);
  if (value > exact.rounded || (value == exact.rounded && exact.rest < 0)) {
    return std::nextafter(nearest, -std::numeric_limits<float>::infinity());
  }
  return nearest == 0 && exact.rounded == 0 && minus_zero ? -0.0F : nearest;
}

inline float rounded_to_zero(float nearest, const ExactSum& exact) {
  const auto value = static_cast<double>(nearest);
  const bool above = value > exact.rounded || (value == exact.rounded && exact.rest < 0);
  const bool below = value < exact.rounded || (value == exact.rounded && exact.rest > 0);
  return (value > 0 && above) || (value < 0 && below) ? std::nextafter(nearest, 0.0F) : nearest;
}

// a * b + c in floats; the product of two floats is exact as a double.
inline float fma_down(float a, float b, float c) {
  const double product = static_cast<double>(a) * static_cast<double>(b);
  const bool minus_zero = std::signbit(product) || std::signbit(c);
  return rounded_down(std::fma(a, b, c), exact_sum(product, static_cast<double>(c)), minus_zero);
}

inline float sum_to_zero(float a, float b) {
  return rounded_to_zero(a + b, exact_sum(static_cast<double>(a), static_cast<double>(b)));
}

inline float sum_down(float a, float b) {
  const bool minus_zero = std::signbit(a) || std::signbit(b);
  return rounded_down(a + b, exact_sum(static_cast<double>(a), static_cast<double>(b)), minus_zero);
}

}  // namespace wordfire::emulator
