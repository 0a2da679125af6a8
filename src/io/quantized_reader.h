// A matrix of a .ftz file: codes, the centroids that they stand for, and the norms of the rows.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/matrix.h"
#include "io/field_reader.h"

namespace wordfire {

// Reads a matrix that must be rows x dim; `name` is what messages call it. Throws Error (model).
[[nodiscard]] std::shared_ptr<const QuantizedMatrix> read_quantized(FieldReader& reader,
                                                                    std::string_view name,
                                                                    int64_t rows, int32_t dim);

}  // namespace wordfire
