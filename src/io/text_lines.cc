#include "io/text_lines.h"

#include <algorithm>

#include "io/line_blocks.h"

namespace wordfire {

void for_each_line(const std::string& path,
                   const std::function<void(std::string_view text, int64_t number)>& line) {
  LineBlockReader reader({path});
  int64_t number = 0;
  for (LineBlock block; reader.next(block);) {
    for (std::string_view rest = block.text(); !rest.empty();) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view text = rest.substr(0, end);
      if (text.ends_with('\r')) text.remove_suffix(1);
      line(text, ++number);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

}  // namespace wordfire
