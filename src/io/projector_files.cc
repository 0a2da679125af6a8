#include "io/projector_files.h"

#include <array>
#include <filesystem>

#include "core/error.h"
#include "io/atomic_file.h"
#include "io/decimal.h"
#include "io/npy_file.h"

namespace wordfire {
namespace {

constexpr std::string_view kConfiguration =
    "embeddings {\n"
    "  tensor_name: \"words\"\n"
    "  tensor_path: \"tensors.tsv\"\n"
    "  metadata_path: \"metadata.tsv\"\n"
    "}\n";

void make_folder(const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    throw Error::cannot_create(folder + ": cannot create the folder (" + failure.message() + ")");
  }
}

void write_tensors(AtomicFile& file, const RowSource& rows) {
  std::vector<float> values(static_cast<size_t>(rows.dim));
  std::array<char, kDecimalBytes> number{};
  for (int64_t row = 0; row < rows.rows; ++row) {
    rows.copy(row, 1, values.data());
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) file.write("\t");
      const char* const end = write_decimal(values[i], number.data());
      file.write(std::string_view(number.data(), static_cast<size_t>(end - number.data())));
    }
    file.write("\n");
  }
}

}  // namespace

std::vector<std::string> projector_file_names(const std::string& folder) {
  return {folder + "/tensors.tsv", folder + "/metadata.tsv", folder + "/projector_config.pbtxt"};
}

std::vector<std::string> write_projector_files(
    const std::string& folder, const RowSource& rows,
    const std::function<std::string_view(int64_t)>& word) {
  make_folder(folder);
  std::vector<std::string> names = projector_file_names(folder);
  AtomicFile tensors(names[0]);
  AtomicFile metadata(names[1]);
  AtomicFile configuration(names[2]);
  write_tensors(tensors, rows);
  write_word_list(metadata, rows.rows, word);
  configuration.write(kConfiguration);
  const std::array<AtomicFile*, 3> files = {&tensors, &metadata, &configuration};
  AtomicFile::commit_all(files);
  return names;
}

}  // namespace wordfire
