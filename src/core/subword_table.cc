#include "core/subword_table.h"

#include <string>

#include "core/parallel.h"
#include "core/text_features.h"

namespace wordfire {

SubwordTable::SubwordTable(const Dictionary& dictionary, const ModelArgs& args, int threads) {
  if (args.maxn <= 0) return;
  constexpr int64_t kGrain = 4096;
  const int64_t nwords = dictionary.nwords();
  std::vector<std::vector<int32_t>> pieces(static_cast<size_t>((nwords + kGrain - 1) / kGrain));
  end_.resize(static_cast<size_t>(nwords));
  parallel_for(nwords, kGrain, threads, [&](int64_t begin, int64_t end) {
    std::vector<int32_t>& rows = pieces[static_cast<size_t>(begin / kGrain)];
    std::string bracketed;
    for (auto word = static_cast<int32_t>(begin); word < end; ++word) {
      rows.push_back(word);
      const size_t first = rows.size();
      append_subword_buckets(dictionary.text(word), args, bracketed, rows);
      for (size_t i = first; i < rows.size(); ++i) rows[i] += dictionary.nwords();
      end_[static_cast<size_t>(word)] = static_cast<int64_t>(rows.size());  // within the piece
    }
  });
  for (size_t piece = 0; piece < pieces.size(); ++piece) {
    const auto before = static_cast<int64_t>(rows_.size());
    const auto last = std::min(nwords, static_cast<int64_t>(piece + 1) * kGrain);
    for (auto word = static_cast<int64_t>(piece) * kGrain; word < last; ++word) {
      end_[static_cast<size_t>(word)] += before;
    }
    rows_.insert(rows_.end(), pieces[piece].begin(), pieces[piece].end());
  }
}

}  // namespace wordfire
