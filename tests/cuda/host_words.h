// A warp's memory and the tables of a task of word vectors on the CPU, for the kernels' own text.
#pragma once

#include <cstdint>
#include <vector>

#include "cuda/row_crowds.h"
#include "cuda/word_scratch.h"
#include "cuda/word_shape.h"
#include "cuda/word_text.h"
#include "tests/cuda/word_fixture.h"

namespace wordfire {

// The memory of one warp, and the tables of a task, on the host.
class HostWords {
 public:
  explicit HostWords(WordFixture& fixture) : fixture_(fixture) {
    const ModelArgs& args = fixture.args;
    tables_.input = fixture.weights.input.row(0);
    tables_.output = fixture.weights.output.row(0);
    tables_.dim = args.dim;
    tables_.width = padded_width(args.dim);
    tables_.kept_shares = fixture.subsampling.shares().data();
    tables_.negatives = fixture.negatives.cells().data();
    tables_.words = WordFixture::kWords;
    tables_.ws = args.ws;
    tables_.neg = args.neg;
    tables_.batch_size = fixture.batch_size > 0 ? fixture.batch_size : 1 << 30;
    if (!fixture.subwords.empty()) add_subwords();
    crowds_ = row_crowds(fixture.task(fixture.no_text));
    tables_.input_crowds = crowds_.input.data();
    tables_.output_crowds = crowds_.output.data();
    memory_.resize(static_cast<size_t>(word_scratch_bytes(tables_.width, args.ws, args.neg)) /
                   sizeof(Float4));
    kept_.resize(1000);
  }

  [[nodiscard]] const WordVectorTables& tables() const { return tables_; }
  [[nodiscard]] WordScratch scratch() {
    return word_scratch(&memory_.data()->x, kept_.data(), tables_.width, tables_.ws);
  }

 private:
  void add_subwords() {
    for (int32_t word = 0; word < WordFixture::kWords; ++word) {
      const auto rows = fixture_.subwords.rows_of(word);
      subword_rows_.insert(subword_rows_.end(), rows.begin(), rows.end());
      subword_end_.push_back(static_cast<int64_t>(subword_rows_.size()));
    }
    tables_.subword_end = subword_end_.data();
    tables_.subword_rows = subword_rows_.data();
  }

  WordFixture& fixture_;
  WordVectorTables tables_;
  RowCrowds crowds_;
  std::vector<Float4> memory_;
  std::vector<int32_t> kept_;
  std::vector<int64_t> subword_end_;
  std::vector<int32_t> subword_rows_;
};

// Calls work.operator()<parts, cbow>() as the launch of a kernel does.
template <typename Work>
void with_kernel(const WordVectorTables& tables, bool cbow, Work work) {
  const auto of_parts = [&]<int parts>() {
    if (word_parts(tables.width) != parts) return;
    cbow ? work.template operator()<parts, true>() : work.template operator()<parts, false>();
  };
  of_parts.template operator()<1>();
  of_parts.template operator()<2>();
  of_parts.template operator()<3>();
  of_parts.template operator()<4>();
  of_parts.template operator()<6>();
  of_parts.template operator()<8>();
}

}  // namespace wordfire
