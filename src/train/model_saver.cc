#include "train/model_saver.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/stopped.h"
#include "io/atomic_file.h"
#include "io/manifest.h"
#include "io/model_file.h"
#include "io/vec_file.h"

#ifndef WORDFIRE_VERSION
#error "WORDFIRE_VERSION comes from CMake's project()"
#endif

namespace wordfire {
namespace {

// The input matrix in the order of the file: words, then every bucket.
RowSource input_rows(const TrainedModel& trained) {
  const int32_t dim = trained.weights.input.dim();
  const int64_t rows = int64_t{trained.model.dictionary.nwords()} + trained.model.args.bucket;
  return {rows, dim, [&trained, dim](int64_t first, int64_t count, float* out) {
            for (int64_t row = first; row < first + count; ++row, out += dim) {
              const int32_t at = trained.buckets.trained_row(row);
              if (at < 0) {
                first_row(trained.seed, row, dim, out);
              } else {
                std::copy_n(trained.weights.input.row(at), dim, out);
              }
            }
          }};
}

RowSource plain_rows(const SharedMatrix& matrix) {
  const int32_t dim = matrix.dim();
  return {matrix.rows(), dim, [&matrix, dim](int64_t first, int64_t count, float* out) {
            for (int64_t row = first; row < first + count; ++row, out += dim) {
              std::copy_n(matrix.row(row), dim, out);
            }
          }};
}

// A word's vector: the mean of its row and those of its character n-grams.
RowSource word_vectors(const TrainedModel& trained) {
  const SharedMatrix& input = trained.weights.input;
  const int32_t dim = input.dim();
  const int64_t words = trained.model.dictionary.nwords();
  if (trained.subwords.empty()) {
    RowSource rows = plain_rows(input);
    rows.rows = words;
    return rows;
  }
  return {words, dim, [&trained, &input, dim](int64_t first, int64_t count, float* out) {
            std::vector<float> mean(static_cast<size_t>(buffer_width(dim)));
            for (int64_t word = first; word < first + count; ++word, out += dim) {
              input.mean_of_rows(trained.subwords.rows_of(static_cast<int32_t>(word)), 0,
                                 mean.data());
              std::copy_n(mean.begin(), dim, out);
            }
          }};
}

// Writing a model can take minutes; whoever writes asks for one run of rows after the other.
RowSource stoppable(RowSource rows, const std::atomic<bool>& stop) {
  rows.copy = [copy = std::move(rows.copy), &stop](int64_t first, int64_t count, float* out) {
    throw_if(stop);
    copy(first, count, out);
  };
  return rows;
}

// Which label, or word, a row of the output matrix belongs to.
std::string_view output_name(const Model& model, int32_t row) {
  const bool labels = model.args.model == ModelKind::kSupervised;
  return labels ? model.dictionary.label(row) : model.dictionary.text(row);
}

ManifestFile describe(const AtomicFile& file) {
  return {std::filesystem::path(file.path()).filename().string(), file.bytes_written(),
          file.checksum()};
}

}  // namespace

ModelFiles model_files(const std::string& output, bool save_output) {
  const std::string bin = output + ".bin";
  return {bin, output + ".vec", save_output ? output + ".output" : "", manifest_path(bin)};
}

std::vector<std::string> save_trained_model(const TrainedModel& trained, const SaveRequest& request,
                                            const std::atomic<bool>& stop) {
  const Dictionary& dictionary = trained.model.dictionary;
  const RowSource output_rows = stoppable(plain_rows(trained.weights.output), stop);
  AtomicFile bin(request.files.bin);
  write_model(bin, trained.model.args, dictionary, stoppable(input_rows(trained), stop),
              output_rows, request.threads);
  std::vector<std::unique_ptr<AtomicFile>> texts;
  const auto add_text = [&](const std::string& path, const RowSource& rows, const auto& name) {
    if (path.empty()) return;
    texts.push_back(std::make_unique<AtomicFile>(path));
    write_vec(*texts.back(), rows, name, request.threads);
  };
  add_text(request.files.vec, stoppable(word_vectors(trained), stop),
           [&](int64_t i) { return dictionary.text(static_cast<int32_t>(i)); });
  add_text(request.files.output, output_rows,
           [&](int64_t i) { return output_name(trained.model, static_cast<int32_t>(i)); });
  std::vector<AtomicFile*> files = {&bin};
  for (const auto& text : texts) files.push_back(text.get());

  Manifest manifest{.program_version = WORDFIRE_VERSION,
                    .label_prefix = trained.model.label_prefix,
                    .files = {},
                    .options_json = request.options_json,
                    .recipe_json = request.recipe_json,
                    .metrics_json = request.metrics_json};
  for (const AtomicFile* file : files) manifest.files.push_back(describe(*file));
  AtomicFile manifest_file(request.files.manifest);
  manifest_file.write(manifest_text(manifest));
  files.push_back(&manifest_file);

  AtomicFile::commit_all(files, &stop);
  return request.files.paths();
}

}  // namespace wordfire
