#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "io/dictionary_reader.h"
#include "io/field_reader.h"
#include "io/file_copy.h"
#include "io/manifest.h"
#include "io/mapped_file.h"
#include "io/model_file.h"
#include "io/model_format.h"
#include "io/quantized_reader.h"

namespace wordfire {
namespace {

// What a real model never exceeds, and a damaged one must not: a longer n-gram makes every line of
// text cost the square of its length.
constexpr int64_t kMostDim = 1 << 20;
constexpr int64_t kMostNgram = 1000;
constexpr int64_t kMostBuckets = 2'000'000'000;

int32_t read_version(FieldReader& reader) {
  const auto magic = reader.read<int32_t>("magic");
  if (magic != kModelMagic) {
    reader.fail("magic", 0, fmt::format("{:#010x}", static_cast<uint32_t>(magic)),
                fmt::format("{:#010x}; is this a model of fastText's format?",
                            static_cast<uint32_t>(kModelMagic)));
  }
  return reader.read_in<int32_t>("version", kOldestModelVersion, kModelVersion);
}

// Fields that prediction does not use may hold anything.
ModelArgs read_args(FieldReader& reader, int32_t version) {
  ModelArgs args;
  args.dim = reader.read_in<int32_t>("dim", 1, kMostDim);
  args.ws = reader.read<int32_t>("ws");
  args.epoch = reader.read<int32_t>("epoch");
  args.min_count = reader.read<int32_t>("minCount");
  args.neg = reader.read<int32_t>("neg");
  args.word_ngrams = reader.read_in<int32_t>("wordNgrams", 0, kMostNgram);
  args.loss = static_cast<LossKind>(reader.read_in<int32_t>("loss", 1, 4));
  args.model = static_cast<ModelKind>(reader.read_in<int32_t>("model", 1, 3));
  args.bucket = reader.read_in<int32_t>("bucket", 0, kMostBuckets);
  args.minn = reader.read_in<int32_t>("minn", 0, kMostNgram);
  args.maxn = reader.read_in<int32_t>("maxn", 0, kMostNgram);
  args.lr_update_rate = reader.read<int32_t>("lrUpdateRate");
  args.t = reader.read<double>("t");
  // Supervised models of version 11 had no character n-grams, whatever the field says.
  if (version == 11 && args.model == ModelKind::kSupervised) args.maxn = 0;
  return args;
}

RowsView read_dense(FieldReader& reader, std::string_view name, int64_t rows, int32_t dim) {
  RowsView view;
  view.rows = reader.read_in<int64_t>({"rows", name}, rows, rows);
  view.dim = static_cast<int32_t>(reader.read_in<int64_t>({"columns", name}, dim, dim));
  view.stride = int64_t{dim} * static_cast<int64_t>(sizeof(float));
  view.data = reader.take({"values", name}, rows * view.stride).data();
  return view;
}

Matrix read_matrix(FieldReader& reader, bool quantized, std::string_view name, int64_t rows,
                   int32_t dim) {
  if (quantized) return {{}, read_quantized(reader, name, rows, dim)};
  return {read_dense(reader, name, rows, dim), nullptr};
}

void check_end(const FieldReader& reader) {
  if (reader.left() == 0) return;
  reader.fail("end of file", reader.offset(), fmt::format("{} more bytes", reader.left()),
              "none behind the output matrix");
}

std::shared_ptr<Model> read_model(FieldReader& reader) {
  auto model = std::make_shared<Model>();
  model->args = read_args(reader, read_version(reader));
  const ModelArgs& args = model->args;
  const DictionaryFields dictionary(reader, args);

  const int64_t switch_at = reader.offset();
  const bool quantized = reader.read_bool("input quantised");
  if (dictionary.is_pruned() && !quantized) {
    reader.fail("input quantised", switch_at, "0 in a model with kept buckets",
                "1; fastText refuses such models too: get a newer file");
  }
  model->input = read_matrix(reader, quantized, "input matrix", dictionary.input_rows(), args.dim);
  const bool quantized_output = reader.read_bool("output quantised");
  const bool supervised = args.model == ModelKind::kSupervised;
  model->output = read_matrix(reader, quantized && quantized_output, "output matrix",
                              supervised ? dictionary.nlabels() : dictionary.nwords(), args.dim);
  check_end(reader);
  model->dictionary =
      dictionary.build();  // last: only now is the memory that it takes in proportion
  return model;
}

bool labels_begin_with(const Dictionary& dictionary, std::string_view prefix) {
  for (int32_t i = 0; i < dictionary.nlabels(); ++i) {
    if (!dictionary.label(i).starts_with(prefix)) return false;
  }
  return true;
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// What the manifest says of the file of this name, or null.
const ManifestFile* find_file(const Manifest& manifest, std::string_view name) {
  for (const ManifestFile& file : manifest.files) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

// In what the size differs from the manifest; empty where it does not.
std::string other_size(const LoadedModel& loaded, const std::string& path, int64_t bytes) {
  if (!loaded.manifest) return "";
  const std::string name = name_of(path);
  const ManifestFile* const file = find_file(*loaded.manifest, name);
  if (file == nullptr || file->bytes == bytes) return "";
  return fmt::format("{}: {} has {} bytes, want {}; the manifest is of another model",
                     manifest_path(path), name, bytes, file->bytes);
}

// The same for all of it.
std::string other_bytes(const LoadedModel& loaded, const std::string& path, const FileCopy& copy) {
  std::string size = other_size(loaded, path, static_cast<int64_t>(copy.bytes().size()));
  if (!size.empty() || !loaded.manifest) return size;
  const ManifestFile* const file = find_file(*loaded.manifest, name_of(path));
  if (file == nullptr || file->xxh3 == copy.checksum()) return "";
  return fmt::format(
      "{}: XXH3 {:016x}, the manifest says {:016x}: bytes were altered; get the model again, or"
      " remove the manifest if the model is good",
      path, copy.checksum(), file->xxh3);
}

// Takes from the manifest what the model's own format has no place for.
void apply_manifest(const std::string& where, const OpenFile& open, Model& model,
                    LoadedModel& loaded) {
  loaded.manifest = read_manifest(where, open);
  if (!loaded.manifest) return;
  const std::string& prefix = loaded.manifest->label_prefix;
  if (labels_begin_with(model.dictionary, prefix)) {
    model.label_prefix = prefix;
    return;
  }
  loaded.warnings.push_back(
      fmt::format("{}: the model has labels that do not begin with {}, want all to;"
                  " {} is taken for the prefix",
                  where, prefix, model.label_prefix));
}

// The model in `file`, and what the manifest beside it says. Whatever is wrong with that becomes a
// warning; but one that only this try could not read is none, for labels depend on it.
template <typename File>
LoadedModel load_from(const std::string& path, std::shared_ptr<const File> file,
                      const OpenFile& open) {
  FieldReader reader(path, file->bytes());
  const std::shared_ptr<Model> model = read_model(reader);
  model->storage = std::move(file);
  LoadedModel loaded{model, {}};
  try {
    apply_manifest(manifest_path(path), open, *model, loaded);
  } catch (const Error& error) {
    if (error.fault() == SystemFault::kIo) throw;
    loaded.warnings.emplace_back(error.what());
  }
  return loaded;
}

}  // namespace

LoadedModel load_model(const std::string& path) {
  const auto file = std::make_shared<const MappedFile>(path);
  LoadedModel loaded = load_from(path, file, open_regular_file);
  std::string warning = other_size(loaded, path, static_cast<int64_t>(file->bytes().size()));
  if (!warning.empty()) loaded.warnings.push_back(std::move(warning));
  return loaded;
}

CopiedModel load_model_copy(const std::string& path, const OpenFile& open) {
  const auto file = std::make_shared<const FileCopy>(path, open);
  CopiedModel copied{load_from(path, file, open), ""};
  copied.altered = other_bytes(copied.loaded, path, *file);
  return copied;
}

}  // namespace wordfire
