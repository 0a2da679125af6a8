#include "core/nearest_words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

namespace wordfire {
namespace {

std::vector<float> random_values(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

UnitRows random_rows(int64_t rows, int32_t dim) {
  UnitRows unit{rows, dim, random_values(static_cast<size_t>(rows * dim), 7)};
  for (int64_t i = 0; i < rows; ++i) {
    make_unit({unit.values.data() + i * dim, static_cast<size_t>(dim)});
  }
  return unit;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * b[i];
    aa += double{a[i]} * a[i];
    bb += double{b[i]} * b[i];
  }
  return ab / std::sqrt(aa * bb);
}

// The same by a sort of all words.
std::vector<int32_t> plain_nearest(const UnitRows& rows, const NearestQuery& query, size_t k) {
  std::vector<std::pair<double, int32_t>> all;
  for (int32_t word = 0; word < rows.rows; ++word) {
    if (std::ranges::find(query.banned, word) != query.banned.end()) continue;
    all.emplace_back(-cosine(rows.row(word), query.vector), word);
  }
  std::ranges::sort(all);
  std::vector<int32_t> words;
  for (size_t i = 0; i < std::min(k, all.size()); ++i) words.push_back(all[i].second);
  return words;
}

std::vector<int32_t> words_of(const std::vector<Neighbour>& neighbours) {
  std::vector<int32_t> words;
  for (const Neighbour& neighbour : neighbours) words.push_back(neighbour.word);
  return words;
}

// The same bits.
void expect_equal(const std::vector<Neighbour>& found, const std::vector<Neighbour>& wanted) {
  EXPECT_EQ(words_of(found), words_of(wanted));
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(found[i].similarity, wanted[i].similarity);
  }
}

TEST(NearestWords, AreThoseOfASortOfAllWords) {
  for (const int64_t size : {1, 5, 1023, 1024, 1025, 5000}) {
    for (const int32_t dim : {1, 3, 16, 33}) {
      const UnitRows rows = random_rows(size, dim);
      const NearestQuery query = {random_values(static_cast<size_t>(dim), 9), {0, 4}};
      const std::vector<int32_t> wanted = plain_nearest(rows, query, 10);
      const auto found = nearest_words(rows, std::span(&query, 1), 10, 1)[0];
      if (dim == 1) {  // all cosines are 1 or -1: many ties
        EXPECT_EQ(found.size(), wanted.size());
      } else {
        EXPECT_EQ(words_of(found), wanted) << size << " words of " << dim;
      }
      for (const Neighbour& one : found) {
        EXPECT_NEAR(one.similarity, cosine(rows.row(one.word), query.vector), 1e-6);
      }
    }
  }
}

TEST(NearestWords, ThreadsAndCompanyChangeNothing) {
  const UnitRows rows = random_rows(5000, 20);
  std::vector<NearestQuery> queries(40);
  for (uint32_t i = 0; i < queries.size(); ++i) queries[i].vector = random_values(20, i);
  const auto wanted = nearest_words(rows, queries, 7, 1);
  for (const int threads : {2, 3}) {
    const auto found = nearest_words(rows, queries, 7, threads);
    for (size_t q = 0; q < queries.size(); ++q) expect_equal(found[q], wanted[q]);
  }
  for (size_t q = 0; q < queries.size(); ++q) {
    expect_equal(nearest_words(rows, std::span(queries).subspan(q, 1), 7, 1)[0], wanted[q]);
  }
}

TEST(NearestWords, TiesStandInTheOrderOfWords) {
  const UnitRows rows = {4, 1, {1, -1, 1, 1}};
  const NearestQuery query = {{2.0f}, {}};
  EXPECT_EQ(words_of(nearest_words(rows, std::span(&query, 1), 4, 1)[0]),
            (std::vector<int32_t>{0, 2, 3, 1}));
  EXPECT_EQ(words_of(nearest_words(rows, std::span(&query, 1), 2, 2)[0]),
            (std::vector<int32_t>{0, 2}));
}

TEST(NearestWords, VectorsOfZerosAreLikeNothing) {
  const UnitRows rows = unit_rows(WordLookup(WordVectors{2, {"a", "b"}, {0, 0, 3, 4}}), 10, 2);
  EXPECT_EQ(rows.values, (std::vector<float>{0, 0, 0.6f, 0.8f}));
  const NearestQuery query = {{0, 1}, {}};
  const auto found = nearest_words(rows, std::span(&query, 1), 5, 1)[0];
  EXPECT_EQ(words_of(found), (std::vector<int32_t>{1, 0}));
  EXPECT_FLOAT_EQ(found[0].similarity, 0.8f);
  EXPECT_EQ(found[1].similarity, 0);
}

}  // namespace
}  // namespace wordfire
