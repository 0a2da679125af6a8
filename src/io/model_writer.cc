#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "io/model_file.h"
#include "io/model_format.h"

namespace wordfire {
namespace {

// One run of rows: large enough for write() to cost little, small beside any model.
constexpr int64_t kRunBytes = int64_t{8} << 20;
// Rows for one thread at a time.
constexpr int64_t kGrainBytes = int64_t{256} << 10;

void write_args(AtomicFile& file, const ModelArgs& args) {
  file.write_value(args.dim);
  file.write_value(args.ws);
  file.write_value(args.epoch);
  file.write_value(args.min_count);
  file.write_value(args.neg);
  file.write_value(args.word_ngrams);
  file.write_value(args.loss);
  file.write_value(args.model);
  file.write_value(args.bucket);
  file.write_value(args.minn);
  file.write_value(args.maxn);
  file.write_value(args.lr_update_rate);
  file.write_value(args.t);
}

void write_dictionary(AtomicFile& file, const Dictionary& dictionary) {
  file.write_value(dictionary.size());
  file.write_value(dictionary.nwords());
  file.write_value(dictionary.nlabels());
  file.write_value(dictionary.ntokens());
  file.write_value(kNeverPruned);
  for (int32_t id = 0; id < dictionary.size(); ++id) {
    file.write(dictionary.text(id));
    file.write_value('\0');
    file.write_value(dictionary.count(id));
    file.write_value(dictionary.type(id));
  }
}

void write_rows(AtomicFile& file, const RowSource& rows, int threads) {
  file.write_value(rows.rows);
  file.write_value(int64_t{rows.dim});
  const int64_t row_bytes = int64_t{rows.dim} * static_cast<int64_t>(sizeof(float));
  const int64_t run =
      std::clamp<int64_t>(kRunBytes / row_bytes, 1, std::max<int64_t>(rows.rows, 1));
  const int64_t grain = std::max<int64_t>(kGrainBytes / row_bytes, 1);
  std::vector<float> values(static_cast<size_t>(run * rows.dim));
  for (int64_t first = 0; first < rows.rows; first += run) {
    const int64_t count = std::min(run, rows.rows - first);
    parallel_for(count, grain, threads, [&](int64_t begin, int64_t end) {
      rows.copy(first + begin, end - begin, values.data() + begin * rows.dim);
    });
    file.write(std::as_bytes(std::span(values).first(static_cast<size_t>(count * rows.dim))));
  }
}

void check_shape(const RowSource& matrix, int64_t rows, int32_t dim) {
  if (matrix.rows == rows && matrix.dim == dim) return;
  throw Error::internal("model to be written: a matrix does not fit the dictionary; this is a bug");
}

}  // namespace

RowSource rows_of(const RowsView& view) {
  return {view.rows, view.dim, [view](int64_t first, int64_t count, float* out) {
            const size_t bytes = static_cast<size_t>(view.dim) * sizeof(float);
            for (int64_t i = first; i < first + count; ++i, out += view.dim) {
              std::memcpy(out, view.row(i), bytes);
            }
          }};
}

void write_model(AtomicFile& file, const ModelArgs& args, const Dictionary& dictionary,
                 const RowSource& input, const RowSource& output, int threads) {
  const bool supervised = args.model == ModelKind::kSupervised;
  check_shape(input, int64_t{dictionary.nwords()} + args.bucket, args.dim);
  check_shape(output, supervised ? dictionary.nlabels() : dictionary.nwords(), args.dim);
  file.write_value(kModelMagic);
  file.write_value(kModelVersion);
  write_args(file, args);
  write_dictionary(file, dictionary);
  file.write_value(false);  // the input matrix is not quantised
  write_rows(file, input, threads);
  file.write_value(false);  // nor is the output matrix
  write_rows(file, output, threads);
}

}  // namespace wordfire
