// Training text out of every format that is read: a stream of lines, whatever the bytes of the file
// or FIFO are.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "core/options.h"
#include "io/byte_source.h"
#include "io/input_buffer.h"

namespace wordfire {

// How bytes are read as training text.
struct TextReading {
  InputFormat format = InputFormat::kText;
  std::string label_prefix = "__label__";
  bool needs_labels = false;  // a JSON line without the member "label" is an error
  int pass = 0;               // of a path "pipe:PREFIX": PREFIX_0, PREFIX_1, ... (pipe_path.h)
  // Of `shares` shares of the text, by lines, the one that is read (text_share.h).
  int share = 0;
  int shares = 1;
};

// Whether a file holds plain text: neither compressed nor of another format.
[[nodiscard]] bool is_plain_text(const std::string& path, const TextReading& reading);

// Opens a file, standard input ("-") or the FIFO of a pass ("pipe:PREFIX") as lines of training
// text, each with its '\n' but perhaps the last. Lines of other formats than text are the labels,
// then the text, a line end in it turned into a blank. read() throws Error (data) that names the
// file and the byte and record, or the line, of what cannot be converted; the lines in front of it
// come first. Throws as open_source() does, and stops as it does.
[[nodiscard]] std::unique_ptr<ByteSource> open_text(const std::string& path,
                                                    const TextReading& reading,
                                                    const std::atomic<bool>* stop = nullptr);

// The same of a stream that is open.
[[nodiscard]] std::unique_ptr<ByteSource> read_as_text(std::unique_ptr<ByteSource> source,
                                                       const TextReading& reading);

}  // namespace wordfire
