#include "train/rank_rounds.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/alias_table.h"
#include "train/range_size.h"

namespace wordfire {
namespace {

// Rows of each kind that are exchanged in every round.
constexpr int64_t kHot = 512;
// What a rank may send for a word that it trains: 16 threads train some 30 million words a second,
// and 10 Gbit/s carry 40 bytes for each of them.
constexpr double kBytesOfWord = 24;
// Of a small text there are as many rounds as quality needs, whatever they cost (bench/RESULTS.md).
// Word vectors: with 64 two ranks lose 0.05 of MEN in one epoch of 17 million words, with 256 0.02,
// and four and eight ranks nothing. Classifiers, of each rank: with 64 rounds eight ranks lose half
// a point of precision, with 256 a quarter.
constexpr double kRoundsOfVectors = 256;
constexpr double kRoundsOfClassifierAndRank = 32;
// Shorter rounds would spend their time at their ends.
constexpr double kFewestTokens = 32768;
// Of the second derivative of the loss by a score, p (1 - p), on average, and how it grows with the
// square of the ranks up to a bound, as if all that pull at a row came nearer to rest together. Of
// 0.03 to 0.8, by five epochs of word vectors: two and four ranks keep most analogies with the
// least, eight ranks need 0.3, and more changes nothing (bench/RESULTS.md).
constexpr double kLeastCurvature = 0.03;
constexpr double kCurvatureOfRanks = 0.004;
constexpr double kMostCurvature = 0.3;
// Rows that a loss other than negative sampling moves with a token, about.
constexpr double kOutputRows = 10;

// Of a text in pieces lines are known, not which of them are examples.
double tokens_of_example(const TrainingData& data) {
  const int64_t examples = data.all_examples > 0 ? data.all_examples : data.all_lines;
  return std::max(1.0, static_cast<double>(data.all_tokens) /
                           static_cast<double>(std::max<int64_t>(examples, 1)));
}

// How often a word is a centre, or a feature, of a token.
std::vector<double> uses_of_words(const Options& options, const Dictionary& dictionary) {
  std::vector<double> uses;
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  for (int32_t id = 0; id < dictionary.nwords(); ++id) {
    const double share =
        static_cast<double>(dictionary.count(id)) / static_cast<double>(dictionary.ntokens());
    const double kept =
        is_classifier ? 1
                      : std::min(1.0, std::sqrt(options.args.t / share) + options.args.t / share);
    uses.push_back(share * kept);
  }
  return uses;
}

// Of hashed n-grams the order by frequency is known: Zipf's law.
std::vector<double> uses_of_buckets(int64_t rows, double of_token) {
  std::vector<double> uses;
  const double sum = std::log(static_cast<double>(rows) + 1) + 1;
  for (int64_t row = 0; row < rows; ++row) {
    uses.push_back(of_token / sum / static_cast<double>(row + 1));
  }
  return uses;
}

std::vector<float> times(const std::vector<double>& uses, double pull) {
  std::vector<float> pulls;
  pulls.reserve(uses.size());
  for (const double use : uses) pulls.push_back(static_cast<float>(use * pull));
  return pulls;
}

double curvature_of(int ranks) {
  return std::clamp(kCurvatureOfRanks * ranks * ranks, kLeastCurvature, kMostCurvature);
}

// Scores that a word takes part in as an input, and their weight in it.
std::vector<ReplicaRows> rows_of(const Options& options, const TrainingData& data, int ranks) {
  const double curvature = curvature_of(ranks);
  const Dictionary& dictionary = data.model->dictionary;
  const int64_t words = dictionary.nwords();
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  const double line = tokens_of_example(data);
  const double outputs =
      options.args.loss == LossKind::kNegativeSampling ? 1.0 + options.args.neg : kOutputRows;
  const double pairs = is_classifier ? 1 / (line * line) : (options.args.ws + 1) * outputs;
  const std::vector<double> uses = uses_of_words(options, dictionary);
  std::vector<ReplicaRows> rows = {
      {false, {0, words}, false, kHot, times(uses, curvature * pairs)}};
  if (data.buckets.rows() > words) {
    const int64_t buckets = data.buckets.rows() - words;
    rows.push_back({false,
                    {words, data.buckets.rows()},
                    false,
                    kHot,
                    times(uses_of_buckets(buckets, 1), curvature * pairs)});
  }
  // Inner nodes of the tree stand in the order in which they were made: the root is the last.
  const bool tree = options.args.loss == LossKind::kHierarchicalSoftmax;
  ReplicaRows output{true, {0, data.output_rows()}, tree, kHot, {}};
  if (is_classifier) {
    output.pull.assign(static_cast<size_t>(data.output_rows()),
                       static_cast<float>(curvature / line));
  } else if (tree) {
    output.pull = times(uses_of_buckets(data.output_rows(), 2), curvature * (options.args.ws + 1));
  } else {
    double kept = 0;
    for (const double use : uses) kept += use;
    const std::vector<double> drawn = powered_counts(dictionary.word_counts(), options.ns_exponent);
    double all = 0;
    for (const double weight : drawn) all += weight;
    for (size_t id = 0; id < uses.size(); ++id) {
      const double each = uses[id] + kept * options.args.neg * drawn[id] / all;
      output.pull.push_back(static_cast<float>(curvature * (options.args.ws + 1) * each));
    }
  }
  rows.push_back(std::move(output));
  return rows;
}

// Bytes that a rank sends in a round, about.
double bytes_of_round(const std::vector<ReplicaRows>& rows, int32_t dim) {
  double all = 0;
  for (const ReplicaRows& group : rows) {
    const auto size = static_cast<double>(group.rows.size());
    const auto hot = static_cast<double>(group.hot);
    all += std::min(size, hot) + hot / 2 * std::max(0.0, std::log2(size / hot));
  }
  return 2 * all * (dim + 1) * sizeof(float);
}

}  // namespace

RankRounds plan_rounds(const Options& options, const TrainingData& data, int ranks, Device device) {
  RankRounds rounds;
  rounds.rows = rows_of(options, data, ranks);
  const double tokens = static_cast<double>(data.all_tokens) / ranks;
  const int64_t range = range_tokens(options, tokens_of_example(data), data.output_rows(), device);
  const double needed = options.args.model == ModelKind::kSupervised
                            ? kRoundsOfClassifierAndRank * ranks
                            : kRoundsOfVectors;
  const double fewest = std::max(needed, tokens / static_cast<double>(range));
  const double most = std::max(fewest, tokens / kFewestTokens);
  const double wanted = tokens * kBytesOfWord / bytes_of_round(rounds.rows, options.args.dim);
  rounds.count = static_cast<int64_t>(std::clamp(wanted, fewest, most));
  rounds.longest = rounds.count;
  if (device == Device::kCpu) return rounds;
  rounds.longest = static_cast<int64_t>(std::ceil(fewest));
  rounds.most_at_once = std::max<int64_t>(1, rounds.count / rounds.longest);
  return rounds;
}

}  // namespace wordfire
