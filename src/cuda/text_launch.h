// Starting the kernels of text classifiers.
#pragma once

#include <cstdint>

#include "cuda/device_memory.h"
#include "cuda/text_layout.h"
#include "cuda/text_view.h"

namespace wordfire {

// What the blocks of a launch do. Pointers are to memory of the device.
struct TextWork {
  TextTask task;
  TextRun run;
  TextLayout layout;
  void* far = nullptr;  // far_bytes of each block
  int64_t far_bytes = 0;
  TextSums* sums = nullptr;  // of each block
};

// How many blocks the current GPU holds at a time. Throws Error (usage) when not one fits: its rows
// are too long.
[[nodiscard]] int64_t most_text_blocks(const TextLayout& layout, bool has_subwords);

// Queues the run, on `blocks` blocks.
void launch_text(const TextWork& work, int64_t blocks, const Stream& stream);

}  // namespace wordfire
