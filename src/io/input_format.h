// Telling the format of training text by its first bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/options.h"

namespace wordfire {

// More first bytes than this are not looked at.
inline constexpr size_t kMostHeadBytes = size_t{1} << 20;

// The format of a stream (never kAuto) that begins with `head`; nullopt where more bytes are needed
// and there are some (not at_end).
//
// RecordIO begins with its magic. Its payloads are protobuf messages if the first one begins as
// such a message does; an augmented manifest if the second one is an integer or a list of integers
// and the first one holds no label; else text. JSON lines begin with '{' where the name of the file
// ends in .jsonl, .jsonlines, .ndjson or .manifest (with .gz or .zst behind), elsewhere with an
// object that has the member "source". All else is text.
[[nodiscard]] std::optional<InputFormat> tell_input_format(std::string_view head, bool at_end,
                                                           std::string_view name,
                                                           std::string_view label_prefix);

}  // namespace wordfire
