#include "core/nearest_words.h"

#include <algorithm>

#include "core/matrix.h"
#include "core/parallel.h"
#include "core/row_kernels.h"

namespace wordfire {
namespace {

// Words that are compared at once: at 100 numbers each they stay in the second cache.
constexpr int64_t kBlockWords = 1024;

bool better(const Neighbour& a, const Neighbour& b) {
  if (a.similarity != b.similarity) return a.similarity > b.similarity;
  return a.word < b.word;
}

// The best k so far.
class Best {
 public:
  // similarities[i]: of word first + i. Words come in rising order.
  void add(std::span<const float> similarities, int64_t first, const NearestQuery& query,
           size_t k) {
    for (size_t i = 0; i < similarities.size(); ++i) {
      if (heap_.size() == k && !(similarities[i] > heap_.front().similarity)) continue;
      const auto word = static_cast<int32_t>(first + static_cast<int64_t>(i));
      if (std::ranges::find(query.banned, word) != query.banned.end()) continue;
      if (heap_.size() == k) {
        std::ranges::pop_heap(heap_, better);
        heap_.pop_back();
      }
      heap_.push_back({similarities[i], word});
      std::ranges::push_heap(heap_, better);
    }
  }

  void take_over(const Best& other) {
    heap_.insert(heap_.end(), other.heap_.begin(), other.heap_.end());
  }

  [[nodiscard]] std::vector<Neighbour> sorted(size_t k) && {
    std::ranges::sort(heap_, better);
    heap_.resize(std::min(k, heap_.size()));
    return std::move(heap_);
  }

 private:
  std::vector<Neighbour> heap_;  // the worst in front
};

// One query of length 1, as the kernels read vectors.
std::vector<float> unit_query(const NearestQuery& query) {
  std::vector<float> vector = query.vector;
  make_unit(vector);
  vector.resize(static_cast<size_t>(buffer_width(static_cast<int32_t>(query.vector.size()))));
  return vector;
}

// Blocks of words, each with the slack behind it that the kernels want.
class WordBlocks {
 public:
  explicit WordBlocks(const UnitRows& rows) : rows_(rows) {}

  [[nodiscard]] static int64_t count(const UnitRows& rows) {
    return (rows.rows + kBlockWords - 1) / kBlockWords;
  }
  // The view lives until the next call.
  [[nodiscard]] RowsView block(int64_t number) {
    const int64_t first = number * kBlockWords;
    const int64_t words = std::min(kBlockWords, rows_.rows - first);
    const float* data = rows_.values.data() + first * rows_.dim;
    const int64_t behind = (rows_.rows - first - words) * rows_.dim;  // a short last block has few
    if (behind < static_cast<int64_t>(kRowSlack / sizeof(float))) {
      last_.assign(data, data + words * rows_.dim);
      last_.resize(last_.size() + kRowSlack / sizeof(float));
      data = last_.data();
    }
    return {reinterpret_cast<const std::byte*>(data), words, rows_.dim,
            rows_.dim * static_cast<int64_t>(sizeof(float))};
  }

 private:
  const UnitRows& rows_;
  std::vector<float> last_;
};

}  // namespace

std::vector<std::vector<Neighbour>> nearest_words(const UnitRows& rows,
                                                  std::span<const NearestQuery> queries, int32_t k,
                                                  int threads) {
  std::vector<std::vector<float>> wanted;
  for (const NearestQuery& query : queries) wanted.push_back(unit_query(query));
  const int64_t blocks = WordBlocks::count(rows);
  const int workers = static_cast<int>(std::clamp<int64_t>(blocks, 1, std::max(threads, 1)));
  std::vector<std::vector<Best>> best(static_cast<size_t>(workers),
                                      std::vector<Best>(queries.size()));
  parallel_workers(workers, [&](int worker) {
    WordBlocks words(rows);
    std::vector<float> similarities(kBlockWords);
    for (int64_t block = blocks * worker / workers; block < blocks * (worker + 1) / workers;
         ++block) {
      const RowsView view = words.block(block);
      const auto count = static_cast<size_t>(view.rows);
      for (size_t q = 0; q < queries.size(); ++q) {
        // A kernel for one query: its bits do not depend on the others.
        kernels::dot_rows(view, nullptr, view.rows, wanted[q].data(), similarities.data());
        best[static_cast<size_t>(worker)][q].add(std::span(similarities).first(count),
                                                 block * kBlockWords, queries[q],
                                                 static_cast<size_t>(k));
      }
    }
  });
  std::vector<std::vector<Neighbour>> answers;
  for (size_t q = 0; q < queries.size(); ++q) {
    for (size_t worker = 1; worker < best.size(); ++worker) best[0][q].take_over(best[worker][q]);
    answers.push_back(std::move(best[0][q]).sorted(static_cast<size_t>(k)));
  }
  return answers;
}

}  // namespace wordfire
