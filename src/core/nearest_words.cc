#include "core/nearest_words.h"

#include <Eigen/Core>
#include <algorithm>

#include "core/parallel.h"

namespace wordfire {
namespace {

using RowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Words that are compared at once.
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

RowMatrix unit_queries(std::span<const NearestQuery> queries, int32_t dim) {
  RowMatrix matrix(static_cast<int64_t>(queries.size()), dim);
  for (size_t i = 0; i < queries.size(); ++i) {
    std::vector<float> vector = queries[i].vector;
    make_unit(vector);
    std::copy_n(vector.begin(), dim, matrix.row(static_cast<int64_t>(i)).data());
  }
  return matrix;
}

}  // namespace

std::vector<std::vector<Neighbour>> nearest_words(const UnitRows& rows,
                                                  std::span<const NearestQuery> queries, int32_t k,
                                                  int threads) {
  const Eigen::Map<const RowMatrix> words(rows.values.data(), rows.rows, rows.dim);
  const RowMatrix wanted = unit_queries(queries, rows.dim);
  const int64_t blocks = (rows.rows + kBlockWords - 1) / kBlockWords;
  const int workers = static_cast<int>(std::clamp<int64_t>(blocks, 1, std::max(threads, 1)));
  std::vector<std::vector<Best>> best(static_cast<size_t>(workers),
                                      std::vector<Best>(queries.size()));
  parallel_workers(workers, [&](int worker) {
    Eigen::MatrixXf similarities;  // [words, queries], a column a query
    for (int64_t block = blocks * worker / workers; block < blocks * (worker + 1) / workers;
         ++block) {
      const int64_t first = block * kBlockWords;
      const int64_t count = std::min(kBlockWords, rows.rows - first);
      similarities.noalias() = words.middleRows(first, count) * wanted.transpose();
      for (size_t q = 0; q < queries.size(); ++q) {
        const float* const column = similarities.col(static_cast<int64_t>(q)).data();
        best[static_cast<size_t>(worker)][q].add({column, static_cast<size_t>(count)}, first,
                                                 queries[q], static_cast<size_t>(k));
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
