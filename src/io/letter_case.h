// Lower-casing by a table of our own, so that the locale of the machine changes nothing.
#pragma once

namespace wordfire {

// The lower-case form of `code`, or `code` where it has none. Covers these blocks of Unicode
// completely (simple case mappings, one character to one): Basic Latin, Latin-1, Latin Extended-A
// and -B, Greek and Coptic, Cyrillic and its Supplement, Armenian, Latin Extended Additional, and
// the full-width Latin letters. All other scripts are left as they are: most have no case; those
// that do (Georgian capitals, polytonic Greek, Glagolitic, Deseret, ...) are not covered.
[[nodiscard]] char32_t lower_case(char32_t code) noexcept;

}  // namespace wordfire
