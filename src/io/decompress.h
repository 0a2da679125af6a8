// Streams of gzip (RFC 1952) and zstd (RFC 8878) members or frames, one behind another, as the
// bytes they stand for.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "io/byte_source.h"

namespace wordfire {

enum class Compression { kNone, kGzip, kZstd };

// As many first bytes as tell_compression() looks at.
inline constexpr size_t kMagicBytes = 4;

// Whether a stream that begins with `head`, shorter than kMagicBytes, may turn out to be
// compressed.
[[nodiscard]] bool may_be_compressed(std::string_view head);

// By the magic bytes at the start of a stream.
[[nodiscard]] Compression tell_compression(std::string_view head);

// The decompressed bytes of `source`, or `source` itself where nothing is compressed. read() throws
// Error (data), naming the source, when the data is damaged or ends inside a member or frame.
[[nodiscard]] std::unique_ptr<ByteSource> decompress(std::unique_ptr<ByteSource> source,
                                                     Compression compression);

}  // namespace wordfire
