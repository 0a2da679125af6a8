#include "io/text_output.h"

#include <string_view>

#include "core/stopped.h"

namespace wordfire {

void TextOutput::add(const PreparedBlock::Lines& lines) {
  rows_ += static_cast<int64_t>(lines.ends.size());
  if (!shuffle_) {
    file_.write(lines.text);
    return;
  }
  const std::string_view text = lines.text;
  size_t begin = 0;
  for (size_t i = 0; i < lines.ends.size(); ++i) {
    shuffle_->add(lines.shuffle[i], text.substr(begin, lines.ends[i] - begin));
    begin = lines.ends[i];
  }
}

void TextOutput::drain(const std::atomic<bool>& stop) {
  if (!shuffle_) return;
  shuffle_->drain([&](std::string_view line) {
    throw_if(stop);
    file_.write(line);
  });
}

PrepareReport::File TextOutput::commit() {
  file_.commit();
  return {file_.path(), rows_, file_.bytes_written()};
}

}  // namespace wordfire
