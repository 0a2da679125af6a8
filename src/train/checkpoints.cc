#include "train/checkpoints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>

#include "core/error.h"
#include "io/atomic_file.h"
#include "io/checksum.h"
#include "io/disk_room.h"
#include "train/rows_in_use.h"

namespace wordfire {
namespace {

// Two are kept while a third is written.
constexpr size_t kKept = 2;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Input rows in the order of the model file.
CheckpointMatrix input_of(const Weights& weights, const TrainingData& data, int64_t rows) {
  const int32_t dim = weights.input.dim();
  return {{rows, dim},
          [&weights, dim, in_use = RowsInUse(data.buckets, data.file_rows())](int64_t count,
                                                                              float* out) mutable {
            for (int64_t i = 0; i < count; ++i, out += dim) {
              std::copy_n(weights.input.row(in_use.next()), dim, out);
            }
          }};
}

CheckpointMatrix output_of(const Weights& weights) {
  const SharedMatrix& output = weights.output;
  const int32_t dim = output.dim();
  return {{output.rows(), dim},
          [&output, dim, row = int64_t{0}](int64_t count, float* out) mutable {
            for (int64_t i = 0; i < count; ++i, out += dim) {
              std::copy_n(output.row(row++), dim, out);
            }
          }};
}

// Matrix `first` of the file is the input matrix, the next one the output matrix.
void read_weights(const CheckpointReader& reader, size_t first, const TrainingData& data,
                  Weights& weights) {
  const int32_t dim = weights.input.dim();
  RowsInUse in_use(data.buckets, data.file_rows());
  reader.read(first, [&](int64_t count, const float* values) {
    for (int64_t i = 0; i < count; ++i, values += dim) {
      std::copy_n(values, dim, weights.input.row(in_use.next()));
    }
  });
  int64_t row = 0;
  reader.read(first + 1, [&](int64_t count, const float* values) {
    for (int64_t i = 0; i < count; ++i, values += dim) {
      std::copy_n(values, dim, weights.output.row(row++));
    }
  });
}

// Sets `finite` to false when a value is not.
CheckpointMatrix watched(CheckpointMatrix matrix, bool& finite) {
  const int32_t dim = matrix.shape.dim;
  matrix.next = [next = std::move(matrix.next), dim, &finite](int64_t count, float* out) {
    next(count, out);
    finite =
        finite && std::all_of(out, out + count * dim, [](float x) { return std::isfinite(x); });
  };
  return matrix;
}

uint64_t fingerprint_of_input(const Weights& weights, const TrainingData& data, int64_t rows) {
  Checksum sum;
  RowsInUse in_use(data.buckets, data.file_rows());
  const auto dim = static_cast<size_t>(weights.input.dim());
  for (int64_t i = 0; i < rows; ++i)
    sum.add_values(std::span(weights.input.row(in_use.next()), dim));
  return sum.value();
}

CheckpointReport report_of(const std::string& path, const TrainingState& state,
                           const Options& options) {
  return {path, state.epoch + 1, options.args.epoch, state.example};
}

}  // namespace

Checkpoints::Checkpoints(const Options& options, const TrainingEvents& events,
                         CheckpointFolder& folder, const TrainingData& data, Weights& weights,
                         int32_t ranks)
    : options_(options),
      events_(events),
      folder_(folder),
      data_(data),
      weights_(weights),
      input_rows_(RowsInUse(data.buckets, data.file_rows()).count()),
      last_end_(now()) {
  DataFingerprint text = data.fingerprint;
  if (!options.pretrained_vectors.empty()) {
    text.first_vectors = fingerprint_of_input(weights, data, input_rows_);
  }
  identity_ = identity_of(options, text, ranks);
  const int64_t bytes = checkpoint_bytes(0, shapes(options.early_stopping));
  const auto copies = static_cast<int64_t>(kKept + 1);
  check_disk_room(folder_.next(), copies * bytes - folder_.bytes(), "-checkpointDir");
}

std::vector<CheckpointShape> Checkpoints::shapes(bool with_best) const {
  std::vector<CheckpointShape> once = {{input_rows_, weights_.input.dim()},
                                       {weights_.output.rows(), weights_.output.dim()}};
  if (!with_best) return once;
  return {once[0], once[1], once[0], once[1]};
}

void Checkpoints::resume(TrainingState& state, EarlyStopping& best) {
  if (!options_.resume) return;
  const std::vector<std::string> files = folder_.files();
  for (const std::string& path : files) {
    try {
      resume_from(path, state, best);
      return;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kModel) throw;
      damaged_.push_back(path);
      warn(fmt::format("{}; {}", error.what(),
                       path == files.back() ? "there is no older one, training starts anew"
                                            : "the one before it is tried"));
    }
  }
}

// Does nothing but a warning when it is of another run.
void Checkpoints::resume_from(const std::string& path, TrainingState& state, EarlyStopping& best) {
  const CheckpointReader reader(path);
  const CheckpointDocument document = parse_document(reader.document(), path);
  const std::vector<std::string> reasons = differences(document.identity, identity_);
  if (!reasons.empty()) {
    warn(fmt::format("{}: not resumed, training starts anew: {}", path, fmt::join(reasons, "; ")));
    return;
  }
  check_fits(reader, document, path);
  read_weights(reader, 0, data_, weights_);
  best.resume(document.best, [&](Weights& kept) { read_weights(reader, 2, data_, kept); });
  state = document.state;
  find_place(document.identity.ranks, state);
  remember(path, state);
  if (events_.resumed) events_.resumed(report_of(path, state, options_));
}

// One process goes on behind as many tokens as ranks had trained, each in its own share. (Ranks
// find their place by the tokens, too.)
void Checkpoints::find_place(int32_t ranks_then, TrainingState& state) const {
  if (ranks_then == 1 || identity_.ranks > 1 || state.example == 0) return;
  const auto& ends = data_.corpus.token_end;
  state.example = data_.pieces != nullptr
                      ? 0
                      : std::ranges::upper_bound(ends, state.in_epoch.tokens) - ends.begin();
  if (data_.pieces != nullptr) state.in_epoch = {};
}

// What a whole file of this run always has.
void Checkpoints::check_fits(const CheckpointReader& reader, const CheckpointDocument& document,
                             const std::string& path) const {
  const TrainingState& state = document.state;
  const int32_t epochs = options_.args.epoch;
  // Of a text in pieces, the number of examples is not known.
  // Several ranks may have trained all of them before their last round.
  const int64_t end = data_.all_examples + (identity_.ranks > 1 ? 1 : 0);
  const bool is_in_text = data_.all_examples == 0 || state.example < end;
  const bool place_fits = state.epoch >= 0 && state.epoch <= epochs && state.example >= 0 &&
                          is_in_text && (state.epoch < epochs || state.example == 0);
  const bool best_fits = document.best.epoch >= 0 && document.best.epoch <= state.epoch;
  const bool with_best = options_.early_stopping && document.best.epoch > 0;
  if (place_fits && best_fits && reader.shapes() == shapes(with_best)) return;
  throw Error::model(fmt::format("{}: its sizes are not those of this run", path));
}

bool Checkpoints::write_rows(AtomicFile& file, const CheckpointDocument& document,
                             const EarlyStopping& best) const {
  bool finite = true;
  std::vector<CheckpointMatrix> matrices = {watched(input_of(weights_, data_, input_rows_), finite),
                                            watched(output_of(weights_), finite)};
  if (best.keeps_weights()) {
    matrices.push_back(input_of(best.best_weights(), data_, input_rows_));
    matrices.push_back(output_of(best.best_weights()));
  }
  write_checkpoint(file, document_json(document), matrices);
  return finite;
}

void Checkpoints::write(const TrainingState& state, const EarlyStopping& best) {
  if (state.epoch == epoch_of_last_ && state.example == example_of_last_) return;
  const double begin = now();
  const std::string path = folder_.next();
  try {
    AtomicFile file(path);
    if (!write_rows(file, {identity_, state, best.best()}, best)) {
      warn(path + ": not written, because a weight is not a number; older checkpoints stay");
      return;
    }
    file.commit();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kSystem) throw;
    warn(fmt::format("{}; older checkpoints stay", error.what()));
    return;
  }
  folder_.keep(kKept, damaged_);
  remember(path, state);
  seconds_of_last_ = last_end_ - begin;
  if (events_.checkpoint) events_.checkpoint(report_of(path, state, options_));
}

void Checkpoints::remember(const std::string& path, const TrainingState& state) {
  last_ = path;
  epoch_of_last_ = state.epoch;
  example_of_last_ = state.example;
  last_end_ = now();
}

void Checkpoints::write_at_epoch_end(const TrainingState& state, const EarlyStopping& best) {
  constexpr double kTimesAsLong = 10;
  if (now() - last_end_ >= kTimesAsLong * seconds_of_last_) write(state, best);
}

void Checkpoints::write_if_due(const TrainingState& state, const EarlyStopping& best) {
  if (is_due()) write(state, best);
}

bool Checkpoints::is_due() const {
  constexpr double kSecondsInMinute = 60;
  const double due = options_.checkpoint_minutes * kSecondsInMinute;
  return due > 0 && now() - last_end_ >= due;
}

void Checkpoints::warn(const std::string& message) const {
  if (events_.warning) events_.warning(message);
}

}  // namespace wordfire
