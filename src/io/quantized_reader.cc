#include "io/quantized_reader.h"

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace wordfire {
namespace {

constexpr int64_t kCentroids = 256;  // a code is one byte

std::vector<uint8_t> read_codes(FieldReader& reader, Field field, int64_t count) {
  const auto bytes = reader.take(field, count);
  const auto* const codes = reinterpret_cast<const uint8_t*>(bytes.data());
  return {codes, codes + bytes.size()};
}

// The sub-quantisers cut a vector into parts of dsub values, the last of what remains.
ProductQuantizer read_quantizer(FieldReader& reader, std::string_view name, int32_t dim) {
  ProductQuantizer quantizer;
  quantizer.dim = reader.read_in<int32_t>({"dimension", name}, dim, dim);
  const int64_t at = reader.offset();
  quantizer.nsubq = reader.read_in<int32_t>({"number of parts", name}, 1, dim);
  quantizer.dsub =
      reader.read_in<int32_t>({"values of a part", name}, 1, std::numeric_limits<int32_t>::max());
  const int64_t parts = (int64_t{dim} + quantizer.dsub - 1) / quantizer.dsub;
  if (quantizer.nsubq != parts) {
    reader.fail({"number of parts", name}, at, fmt::format("{}", quantizer.nsubq),
                fmt::format("{}, for {} values in parts of {}", parts, dim, quantizer.dsub));
  }
  const int64_t last = dim - (parts - 1) * quantizer.dsub;
  quantizer.lastdsub = reader.read_in<int32_t>({"values of the last part", name}, last, last);
  const auto values = reader.take({"centroids", name}, int64_t{dim} * kCentroids * 4);
  quantizer.centroids.resize(values.size() / sizeof(float));
  std::memcpy(quantizer.centroids.data(), values.data(), values.size());
  return quantizer;
}

}  // namespace

std::shared_ptr<const QuantizedMatrix> read_quantized(FieldReader& reader, std::string_view name,
                                                      int64_t rows, int32_t dim) {
  auto matrix = std::make_shared<QuantizedMatrix>();
  matrix->has_norms = reader.read_bool({"norm switch", name});
  matrix->rows = reader.read_in<int64_t>({"rows", name}, rows, rows);
  matrix->dim = static_cast<int32_t>(reader.read_in<int64_t>({"columns", name}, dim, dim));
  const int64_t at = reader.offset();
  const auto codes = reader.read<int32_t>({"number of codes", name});
  matrix->codes = read_codes(reader, {"codes", name}, codes);
  matrix->quantizer = read_quantizer(reader, name, dim);
  if (codes != rows * matrix->quantizer.nsubq) {
    reader.fail({"number of codes", name}, at, fmt::format("{}", codes),
                fmt::format("{}, {} for each of {} rows", rows * matrix->quantizer.nsubq,
                            matrix->quantizer.nsubq, rows));
  }
  if (!matrix->has_norms) return matrix;
  matrix->norm_codes = read_codes(reader, {"norm codes", name}, rows);
  const std::string norms = fmt::format("norms of {}", name);
  matrix->norm_quantizer = read_quantizer(reader, norms, 1);
  return matrix;
}

}  // namespace wordfire
