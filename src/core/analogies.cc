#include "core/analogies.h"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "core/parallel.h"

namespace wordfire {
namespace {

using RowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// A block's cosines with the words asked about stay in the second-level cache.
constexpr int64_t kBlockWords = 256;
// Bounds the words asked about, and so the memory.
constexpr size_t kQuestionsAtOnce = size_t{1} << 14;
constexpr float kNone = -std::numeric_limits<float>::infinity();

// The words of each group.
class Groups {
 public:
  explicit Groups(std::span<const int32_t> groups)
      : begin_(groups.size() + 1), words_(groups.size()) {
    for (const int32_t group : groups) ++begin_[static_cast<size_t>(group) + 1];
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
    std::vector<int32_t> next(begin_.begin(), begin_.end() - 1);
    for (size_t word = 0; word < groups.size(); ++word) {
      const auto group = static_cast<size_t>(groups[word]);
      words_[static_cast<size_t>(next[group]++)] = static_cast<int32_t>(word);
    }
  }

  [[nodiscard]] std::span<const int32_t> words(int32_t group) const {
    const auto at = static_cast<size_t>(group);
    return std::span(words_).subspan(static_cast<size_t>(begin_[at]),
                                     static_cast<size_t>(begin_[at + 1] - begin_[at]));
  }

 private:
  std::vector<int32_t> begin_;
  std::vector<int32_t> words_;
};

// Questions by the columns of the words asked about.
struct AskedWords {
  std::vector<int32_t> words;
  std::vector<std::array<int64_t, 3>> columns;  // of a, b and c of each question
};

AskedWords asked_words(std::span<const AnalogyQuestion> questions) {
  AskedWords asked;
  std::unordered_map<int32_t, int64_t> column_of;
  const auto column = [&](int32_t word) {
    const auto [at, is_new] = column_of.emplace(word, static_cast<int64_t>(asked.words.size()));
    if (is_new) asked.words.push_back(word);
    return at->second;
  };
  for (const AnalogyQuestion& question : questions) {
    asked.columns.push_back({column(question.a), column(question.b), column(question.c)});
  }
  return asked;
}

RowMatrix rows_of(const UnitRows& rows, const std::vector<int32_t>& words) {
  RowMatrix matrix(static_cast<int64_t>(words.size()), rows.dim);
  for (size_t i = 0; i < words.size(); ++i) {
    std::ranges::copy(rows.row(words[i]), matrix.row(static_cast<int64_t>(i)).data());
  }
  return matrix;
}

struct Answer {
  float score = kNone;
  int32_t word = -1;
};

// One worker's search through some of the words.
class AnswerSearch {
 public:
  AnswerSearch(std::span<const AnalogyQuestion> questions, const AskedWords& asked,
               std::span<const int32_t> groups, const Groups& members)
      : questions_(questions),
        asked_(asked),
        groups_(groups),
        members_(members),
        answers_(questions.size()) {}

  // cosines: [words of the block, words asked about]; the block begins with word `first`.
  void add_block(const Eigen::MatrixXf& cosines, int64_t first) {
    for (size_t q = 0; q < questions_.size(); ++q) {
      const auto& [a, b, c] = asked_.columns[q];
      scores_ = cosines.col(b).array() - cosines.col(a).array() + cosines.col(c).array();
      for (const int32_t word : {questions_[q].a, questions_[q].b, questions_[q].c}) {
        leave_out(groups_[static_cast<size_t>(word)], first);
      }
      const float best = scores_.maxCoeff();
      if (best <= answers_[q].score) continue;
      const float* const begin = scores_.data();
      const auto at = std::find(begin, begin + scores_.size(), best) - begin;
      answers_[q] = {best, static_cast<int32_t>(first + at)};
    }
  }

  [[nodiscard]] const std::vector<Answer>& answers() const { return answers_; }

 private:
  void leave_out(int32_t group, int64_t first) {
    for (const int32_t word : members_.words(group)) {
      if (word >= first && word < first + scores_.size()) scores_[word - first] = kNone;
    }
  }

  std::span<const AnalogyQuestion> questions_;
  const AskedWords& asked_;
  std::span<const int32_t> groups_;
  const Groups& members_;
  Eigen::ArrayXf scores_;
  std::vector<Answer> answers_;
};

void answer(const UnitRows& rows, std::span<const int32_t> groups, const Groups& members,
            std::span<const AnalogyQuestion> questions, int threads, int32_t* answers) {
  const Eigen::Map<const RowMatrix> words(rows.values.data(), rows.rows, rows.dim);
  const AskedWords asked = asked_words(questions);
  const RowMatrix wanted = rows_of(rows, asked.words);
  const int64_t blocks = (rows.rows + kBlockWords - 1) / kBlockWords;
  const int workers = static_cast<int>(std::clamp<int64_t>(blocks, 1, std::max(threads, 1)));
  std::vector<AnswerSearch> searches(static_cast<size_t>(workers),
                                     AnswerSearch(questions, asked, groups, members));
  parallel_workers(workers, [&](int worker) {
    Eigen::MatrixXf cosines;
    for (int64_t block = blocks * worker / workers; block < blocks * (worker + 1) / workers;
         ++block) {
      const int64_t first = block * kBlockWords;
      cosines.noalias() =
          words.middleRows(first, std::min(kBlockWords, rows.rows - first)) * wanted.transpose();
      searches[static_cast<size_t>(worker)].add_block(cosines, first);
    }
  });
  for (size_t q = 0; q < questions.size(); ++q) {
    Answer best;
    for (const AnswerSearch& search : searches) {
      if (search.answers()[q].score > best.score) best = search.answers()[q];
    }
    answers[q] = best.word;
  }
}

}  // namespace

std::vector<int32_t> answer_analogies(const UnitRows& rows, std::span<const int32_t> groups,
                                      std::span<const AnalogyQuestion> questions, int threads) {
  const Groups members(groups);
  std::vector<int32_t> answers(questions.size());
  for (size_t first = 0; first < questions.size(); first += kQuestionsAtOnce) {
    const size_t count = std::min(kQuestionsAtOnce, questions.size() - first);
    answer(rows, groups, members, questions.subspan(first, count), threads, answers.data() + first);
  }
  return answers;
}

}  // namespace wordfire
