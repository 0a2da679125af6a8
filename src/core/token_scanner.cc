#include "core/token_scanner.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/token_scanner.cc"
#include <hwy/foreach_target.h>
// After foreach_target:
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wordfire {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The mask's bits, lowest lane first, at most 64.
template <class D, class M>
HWY_INLINE uint64_t mask_bits(D d, M mask) {
  uint8_t bytes[8 + 8] = {};  // StoreMaskBits may write 8 bytes
  hn::StoreMaskBits(d, mask, bytes);
  uint64_t bits;
  __builtin_memcpy(&bits, bytes, sizeof(bits));
  return bits;
}

// Separators are 0, 9 to 13 and 32.
HWY_INLINE void classify_word(const uint8_t* bytes, uint64_t& separators, uint64_t& newlines) {
  const hn::CappedTag<uint8_t, 64> d;
  const size_t lanes = hn::Lanes(d);
  separators = 0;
  newlines = 0;
  for (size_t at = 0; at < 64; at += lanes) {
    const auto v = hn::LoadU(d, bytes + at);
    const auto newline = hn::Eq(v, hn::Set(d, uint8_t{'\n'}));
    // Wraps round, so that 9 to 13 become 0 to 4 and everything else is larger.
    const auto from_tab = hn::Sub(v, hn::Set(d, uint8_t{9}));
    const auto control = hn::Eq(hn::Min(from_tab, hn::Set(d, uint8_t{4})), from_tab);
    const auto blank = hn::Or(hn::Eq(v, hn::Set(d, uint8_t{' '})), hn::Eq(v, hn::Zero(d)));
    separators |= mask_bits(d, hn::Or(control, blank)) << at;
    newlines |= mask_bits(d, newline) << at;
  }
}

void classify_bytes(const char* text, size_t size, uint64_t* separators, uint64_t* newlines) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text);
  const size_t whole = size / 64;
  for (size_t word = 0; word < whole; ++word) {
    classify_word(bytes + word * 64, separators[word], newlines[word]);
  }
  if (size % 64 == 0) return;
  uint8_t rest[64] = {};
  __builtin_memcpy(rest, bytes + whole * 64, size % 64);
  classify_word(rest, separators[whole], newlines[whole]);
}

}  // namespace HWY_NAMESPACE
}  // namespace wordfire
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordfire {

HWY_EXPORT(classify_bytes);

void classify_bytes(const char* text, size_t size, ByteClasses& classes) {
  const size_t words = (size + 63) / 64;
  classes.separators.resize(words);
  classes.newlines.resize(words);
  HWY_DYNAMIC_DISPATCH(classify_bytes)
  (text, size, classes.separators.data(), classes.newlines.data());
}

}  // namespace wordfire
#endif
