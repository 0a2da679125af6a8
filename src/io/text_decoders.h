// Each format of training text other than text, as lines.
#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "io/input_buffer.h"

namespace wordfire {

class TextDecoder {
 public:
  virtual ~TextDecoder() = default;
  // Appends some lines to `lines`, whole but for those longer than a piece; none at the end of the
  // stream. Throws Error (data) naming the place; the lines in front of it are appended.
  virtual void append(std::string& lines) = 0;
  [[nodiscard]] virtual const std::string& name() const = 0;
};

// format: neither kAuto nor kText.
[[nodiscard]] std::unique_ptr<TextDecoder> make_text_decoder(InputFormat format, InputBuffer input,
                                                             std::string label_prefix,
                                                             bool needs_labels);

}  // namespace wordfire
