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
int64_t first_bad_row(const RowsView& rows, int threads) {
  std::atomic<int64_t> first = kNone;
  parallel_for(rows.rows, kGrainRows, threads, [&](int64_t begin, int64_t end) {
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

void check_values(const Matrix& matrix, const std::string& path, std::string_view name, int threads,
                  std::vector<std::string>& findings) {
  if (matrix.quantized) {
    if (!all_finite(matrix.quantized->quantizer.centroids) ||
        !all_finite(matrix.quantized->norm_quantizer.centroids)) {
      findings.push_back(
          fmt::format("{}: centroids of {}: a value that is not finite", path, name));
    }
    return;
  }
  const int64_t row = first_bad_row(matrix.dense, threads);
  if (row != kNone) {
    findings.push_back(
        fmt::format("{}: {}: row {} holds a value that is not finite", path, name, row));
  }
}

void check_model(const std::string& path, std::vector<std::string>& findings) {
  try {
    const LoadedModel loaded = load_model(path);
    findings = find_bad_values(*loaded.model, path, available_threads());
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kModel) throw;
    findings.emplace_back(error.what());
  }
}

// What is wrong with a file that the manifest describes; empty if nothing is.
std::string compare(const ManifestFile& wanted, const std::string& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  const auto size = static_cast<int64_t>(bytes.size());
  if (size != wanted.bytes) {
    return fmt::format("{}: {} bytes, the manifest says {}", path, size, wanted.bytes);
  }
  const uint64_t checksum = XXH3_64bits(bytes.data(), bytes.size());
  if (checksum == wanted.xxh3) return "";
  return fmt::format("{}: XXH3 {:016x}, the manifest says {:016x}: bytes were altered", path,
                     checksum, wanted.xxh3);
}

std::string_view ending_of(std::string_view name) {
  return name.substr(std::min(name.rfind('.'), name.size()));
}

// The model and its manifest, wherever they lie now.
class ManifestCheck {
 public:
  ManifestCheck(const Manifest& manifest, const std::string& model_path, Verification& result)
      : manifest_(manifest),
        folder_(model_path.substr(0, model_path.rfind('/') + 1)),
        name_(model_path.substr(folder_.size())),
        result_(result) {}

  void run() {
    const bool named = std::any_of(manifest_.files.begin(), manifest_.files.end(),
                                   [&](const ManifestFile& file) { return file.name == name_; });
    if (!named) check_renamed();
    if (!named && !result_.complete) return;
    for (const ManifestFile& file : manifest_.files) {
      if (named || ending_of(file.name) != ending_of(name_)) check_file(file);
    }
  }

 private:
  void check_file(const ManifestFile& file) {
    const std::string path = folder_ + file.name;
    try {
      const std::string finding = compare(file, path);
      if (!finding.empty()) result_.findings.push_back(finding);
      if (file.name == name_) result_.complete = true;
    } catch (const Error& error) {
      result_.warnings.push_back(fmt::format("{}; it is not compared", error.what()));
    }
  }

  // The manifest speaks of another name: that of the model when it was saved, perhaps.
  void check_renamed() {
    for (const ManifestFile& file : manifest_.files) {
      if (ending_of(file.name) != ending_of(name_)) continue;
      result_.complete = compare(file, folder_ + name_).empty();
    }
    if (result_.complete) return;
    result_.warnings.push_back(fmt::format(
        "{}: its manifest is of another model; remove the manifest, or fetch the right one",
        folder_ + name_));
  }

  const Manifest& manifest_;
  std::string folder_;
  std::string name_;
  Verification& result_;
};

}  // namespace

std::vector<std::string> find_bad_values(const Model& model, const std::string& path, int threads) {
  std::vector<std::string> findings;
  check_values(model.input, path, "input matrix", threads, findings);
  check_values(model.output, path, "output matrix", threads, findings);
  return findings;
}

Verification verify_model(const std::string& model_path) {
  Verification result;
  check_model(model_path, result.findings);
  try {
    const auto manifest = read_manifest(manifest_path(model_path));
    if (manifest) ManifestCheck(*manifest, model_path, result).run();
  } catch (const Error& error) {
    result.warnings.emplace_back(error.what());
  }
  return result;
}

}  // namespace wordfire
