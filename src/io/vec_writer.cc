#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/parallel.h"
#include "io/decimal.h"
#include "io/vec_file.h"

namespace wordfire {
namespace {

// Numbers in a piece, which is one thread's at a time.
constexpr int64_t kPieceNumbers = int64_t{1} << 15;
constexpr int64_t kPiecesPerThread = 4;

using WordOfRow = std::function<std::string_view(int64_t)>;

// Rows [first, first + count) as text.
void format_rows(const RowSource& rows, const WordOfRow& word, std::string_view line_end,
                 int64_t first, int64_t count, std::string& text) {
  std::vector<float> values(static_cast<size_t>(count * rows.dim));
  rows.copy(first, count, values.data());
  text.clear();
  const float* value = values.data();
  for (int64_t row = first; row < first + count; ++row) {
    text.append(word(row));
    const size_t size = text.size();
    text.resize(size + static_cast<size_t>(rows.dim) * (kDecimalBytes + 1));
    char* out = text.data() + size;
    for (int32_t i = 0; i < rows.dim; ++i) {
      *out++ = ' ';
      out = write_decimal(*value++, out);
    }
    text.resize(static_cast<size_t>(out - text.data()));
    text.append(line_end);
  }
}

void write_rows(AtomicFile& file, const RowSource& rows, const WordOfRow& word,
                std::string_view line_end, int threads) {
  const int64_t piece = std::max<int64_t>(kPieceNumbers / std::max(rows.dim, 1), 1);
  std::vector<std::string> texts(static_cast<size_t>(std::max(threads, 1) * kPiecesPerThread));
  const int64_t run = piece * static_cast<int64_t>(texts.size());
  for (int64_t first = 0; first < rows.rows; first += run) {
    const int64_t count = std::min(run, rows.rows - first);
    parallel_for(count, piece, threads, [&](int64_t begin, int64_t end) {
      format_rows(rows, word, line_end, first + begin, end - begin,
                  texts[static_cast<size_t>(begin / piece)]);
    });
    const int64_t pieces = (count + piece - 1) / piece;
    for (int64_t i = 0; i < pieces; ++i) file.write(texts[static_cast<size_t>(i)]);
  }
}

}  // namespace

void write_vec(AtomicFile& file, const RowSource& rows, const WordOfRow& word, int threads) {
  file.write(fmt::format("{} {}\n", rows.rows, rows.dim));
  write_rows(file, rows, word, " \n", threads);
}

void write_glove(AtomicFile& file, const RowSource& rows, const WordOfRow& word, int threads) {
  write_rows(file, rows, word, "\n", threads);
}

}  // namespace wordfire
