#include "emulator/ptx_fma.h"

#include <cmath>

#include "emulator/ptx_code.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace wordfire::emulator {
namespace {

void fma_one_by_one(const float* a, const float* b, const float* c, float* to) {
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    to[lane] = std::fma(a[lane], b[lane], c[lane]);
  }
}

#if defined(__x86_64__)
[[gnu::target("avx,fma")]] void fma_by_eights(const float* a, const float* b, const float* c,
                                              float* to) {
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; lane += 8) {
    _mm256_storeu_ps(to + lane,
                     _mm256_fmadd_ps(_mm256_loadu_ps(a + lane), _mm256_loadu_ps(b + lane),
                                     _mm256_loadu_ps(c + lane)));
  }
}
const auto kFma = __builtin_cpu_supports("fma") != 0 ? fma_by_eights : fma_one_by_one;
#else
const auto kFma = fma_one_by_one;
#endif

}  // namespace

void fma_of_lanes(const float* a, const float* b, const float* c, float* to) { kFma(a, b, c, to); }

}  // namespace wordfire::emulator
