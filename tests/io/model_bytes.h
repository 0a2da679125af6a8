// A small model file, field by field, for tests that change one of them.
#pragma once

#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wordfire {

class ModelBytes {
 public:
  // 3 words, 2 labels, 4 buckets, dimension 3: a supervised model with softmax.
  static ModelBytes dense() {
    ModelBytes model;
    model.put_head(kBuckets, -1);
    model.put<uint8_t>("input quantised", 0);
    model.put_dense("input", kWords + kBuckets, 0);
    model.put<uint8_t>("output quantised", 0);
    model.put_dense("output", kLabels, 100);
    return model;
  }

  // The same, compressed in parts of 2 values, with norms, pruned of 2 buckets.
  static ModelBytes quantized() {
    ModelBytes model;
    model.put_head(kBuckets, 2);
    model.put_pair(0, 3, 1);
    model.put_pair(1, 0, 0);
    model.put<uint8_t>("input quantised", 1);
    model.put_quantized("input", kWords + 2);
    model.put<uint8_t>("output quantised", 1);
    model.put_quantized("output", kLabels);
    return model;
  }

  static constexpr int32_t kDim = 3;
  static constexpr int32_t kWords = 3;
  static constexpr int32_t kLabels = 2;
  static constexpr int32_t kBuckets = 4;

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  // Where a field begins.
  [[nodiscard]] size_t at(const std::string& field) const { return at_.at(field); }

  // The file with one field replaced by a value of the same size.
  template <typename T>
  [[nodiscard]] std::string with(const std::string& field, T value) const {
    std::string changed = bytes_;
    std::memcpy(changed.data() + at(field), &value, sizeof(value));
    return changed;
  }

 private:
  template <typename T>
  void put(const std::string& field, T value) {
    at_[field] = bytes_.size();
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }

  void put_head(int32_t bucket, int64_t kept) {
    put<int32_t>("magic", 793712314);
    put<int32_t>("version", 12);
    put<int32_t>("dim", kDim);
    for (const char* name : {"ws", "epoch", "minCount", "neg"}) put<int32_t>(name, 5);
    put<int32_t>("wordNgrams", 2);
    put<int32_t>("loss", 3);
    put<int32_t>("model", 3);
    put<int32_t>("bucket", bucket);
    put<int32_t>("minn", 2);
    put<int32_t>("maxn", 4);
    put<int32_t>("lrUpdateRate", 100);
    put<double>("t", 1e-4);
    put<int32_t>("size", kWords + kLabels);
    put<int32_t>("nwords", kWords);
    put<int32_t>("nlabels", kLabels);
    put<int64_t>("ntokens", 77);
    put<int64_t>("kept", kept);
    int i = 0;
    for (const char* text : {"</s>", "the", "x"}) put_entry(i++, text, 0);
    for (const char* text : {"__label__a", "__label__b"}) put_entry(i++, text, 1);
  }

  void put_entry(int number, std::string_view text, int8_t type) {
    std::string suffix = " ";
    suffix += std::to_string(number);
    at_["text" + suffix] = bytes_.size();
    bytes_.append(text).push_back('\0');
    put<int64_t>("count" + suffix, 10 - number);
    put<int8_t>("type" + suffix, type);
  }

  void put_pair(int number, int32_t bucket, int32_t row) {
    put("kept bucket " + std::to_string(number), bucket);
    put("kept row " + std::to_string(number), row);
  }

  void put_dense(const std::string& name, int64_t rows, float first) {
    put<int64_t>(name + " rows", rows);
    put<int64_t>(name + " columns", kDim);
    put(name + " values", first);
    for (int64_t i = 1; i < rows * kDim; ++i) put("", first + static_cast<float>(i) / 8);
  }

  void put_quantizer(const std::string& name, int32_t dim, int32_t parts, int32_t part,
                     int32_t last) {
    put(name + " dimension", dim);
    put(name + " parts", parts);
    put(name + " part", part);
    put(name + " last part", last);
    put(name + " centroids", 0.5f);
    for (int32_t i = 1; i < dim * 256; ++i) put("", static_cast<float>(i) / 16);
  }

  void put_quantized(const std::string& name, int64_t rows) {
    put<uint8_t>(name + " norm switch", 1);
    put<int64_t>(name + " rows", rows);
    put<int64_t>(name + " columns", kDim);
    put<int32_t>(name + " codes", static_cast<int32_t>(rows * 2));
    for (int64_t i = 0; i < rows * 2; ++i) put("", static_cast<uint8_t>(i * 37));
    put_quantizer(name, kDim, 2, 2, 1);
    for (int64_t i = 0; i < rows; ++i) put("", static_cast<uint8_t>(i * 91));
    put_quantizer(name + " norms", 1, 1, 1, 1);
  }

  std::string bytes_;
  std::map<std::string, size_t> at_;
};

}  // namespace wordfire
