// Floats in five significant digits, as fastText and word2vec print vectors.
#pragma once

namespace wordfire {

// Room that write_decimal() may need: a sign, five digits, a point, leading zeros or an exponent.
inline constexpr int kDecimalBytes = 16;

// Writes `value` as printf's "%.5g" does in the C locale, to the byte, and returns the end.
char* write_decimal(float value, char* out);

}  // namespace wordfire
