#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

#include "core/error.h"
#include "core/parallel.h"
#include "io/manifest.h"
#include "io/mapped_file.h"
#include "io/model_file.h"

namespace wordfire {
namespace {

constexpr int64_t kNone = std::numeric_limits<int64_t>::max();
constexpr int64_t kGrainRows = 4096;

bool is_finite_row(const RowsView& rows, int64_t i) {
  const std::byte* at = rows.row(i);
  for (int32_t column = 0; column < rows.dim; ++column, at += sizeof(float)) {
    float value;
    std::memcpy(&value, at, sizeof(value));
    if (!std::isfinite(value)) return false;
  }
  return true;
}

// The first row that holds a value that is not finite, or kNone.
int64_t first_bad_row(const RowsView& rows) {
  std::atomic<int64_t> first = kNone;
  parallel_for(rows.rows, kGrainRows, available_threads(), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < std::min(end, first.load()); ++i) {
      if (is_finite_row(rows, i)) continue;
      int64_t known = first.load();
      while (i < known && !first.compare_exchange_weak(known, i)) {
      }
    }
  });
  return first;
}

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

void check_values(const Matrix& matrix, const std::string& path, std::string_view name,
                  std::vector<std::string>& findings) {
  if (matrix.quantized) {
    if (!all_finite(matrix.quantized->quantizer.centroids) ||
        !all_finite(matrix.quantized->norm_quantizer.centroids)) {
      findings.push_back(
          fmt::format("{}: centroids of {}: a value that is not finite", path, name));
    }
    return;
  }
  const int64_t row = first_bad_row(matrix.dense);
  if (row != kNone) {
    findings.push_back(
        fmt::format("{}: {}: row {} holds a value that is not finite", path, name, row));
  }
}

void check_model(const std::string& path, std::vector<std::string>& findings) {
  try {
    const LoadedModel loaded = load_model(path);
    check_values(loaded.model->input, path, "input matrix", findings);
    check_values(loaded.model->output, path, "output matrix", findings);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kModel) throw;
    findings.emplace_back(error.what());
  }
}

// A file that the manifest names, in the folder of the manifest.
void check_file(const ManifestFile& wanted, const std::string& path,
                std::vector<std::string>& findings) try {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  const auto size = static_cast<int64_t>(bytes.size());
  if (size != wanted.bytes) {
    findings.push_back(fmt::format("{}: {} bytes, the manifest says {}", path, size, wanted.bytes));
    return;
  }
  const uint64_t checksum = XXH3_64bits(bytes.data(), bytes.size());
  if (checksum != wanted.xxh3) {
    findings.push_back(
        fmt::format("{}: XXH3 {:016x}, the manifest says {:016x}: bytes were altered", path,
                    checksum, wanted.xxh3));
  }
} catch (const Error& error) {
  findings.emplace_back(error.what());
}

}  // namespace

Verification verify_model(const std::string& model_path) {
  Verification result;
  check_model(model_path, result.findings);
  const std::string where = manifest_path(model_path);
  try {
    const auto manifest = read_manifest(where);
    if (!manifest) return result;
    const size_t folder = model_path.rfind('/') + 1;
    const std::string name = model_path.substr(folder);
    for (const ManifestFile& file : manifest->files) {
      check_file(file, model_path.substr(0, folder) + file.name, result.findings);
      if (file.name == name) result.complete = true;
    }
    if (!result.complete) {
      result.findings.push_back(fmt::format("{}: does not name {}", where, name));
    }
  } catch (const Error& error) {
    result.findings.emplace_back(error.what());
  }
  return result;
}

}  // namespace wordfire
