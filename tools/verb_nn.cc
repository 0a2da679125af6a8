// The verbs that ask for the nearest words: nn and analogies. Their prompts and output are
// fastText's; a word without a vector is said so and gets no neighbours, and the end of the input
// ends the program.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/nearest_words.h"
#include "core/strict_number.h"
#include "core/text_features.h"
#include "exit_code.h"
#include "io/line_blocks.h"
#include "io/row_fault.h"
#include "json_text.h"
#include "open_words.h"
#include "scoring_arguments.h"
#include "standard_streams.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {
namespace {

// Queries that are answered at once, and their neighbours, which bound the memory where k is large.
constexpr int64_t kQueriesAtOnce = 256;
constexpr int64_t kNeighboursAtOnce = int64_t{1} << 22;

// What tells the verbs apart.
struct QueryKind {
  std::string verb;
  std::string description;
  std::string_view prompt;
  std::span<const float> signs;  // of the words of a query
};
constexpr float kOneWord[] = {1.0f};
constexpr float kTriplet[] = {1.0f, -1.0f, 1.0f};

struct NearestArguments {
  std::string model;
  int32_t k = 10;
  int threads = 1;
  bool json = false;
};

int32_t parse_k(const std::string& text) {
  const std::optional<int32_t> k = parse_number<int32_t>(text);
  if (k && *k >= 1) return *k;
  throw Error::usage(fmt::format(R"(argument k: got "{}", want an integer from 1 to {})", text,
                                 std::numeric_limits<int32_t>::max()));
}

std::optional<NearestArguments> parse(const QueryKind& kind, VerbArgs args) {
  NearestArguments parsed;
  std::optional<std::string> k;
  std::optional<std::string> threads;
  VerbArguments arguments(kind.verb, kind.description);
  arguments.required("model", parsed.model, kWordsSentence);
  arguments.optional("k", k, "neighbours a query, 10 if not given");
  arguments.option("thread", threads, "threads; 0 or not given: as many as the process may use");
  arguments.toggle("json", parsed.json, "print JSON, a line a query, and no prompts");
  if (!arguments.parse(args)) return std::nullopt;
  if (k) parsed.k = parse_k(*k);
  parsed.threads = parse_threads(threads);
  return parsed;
}

// Collects the words of queries and answers the queries that are whole.
class NearestSession {
 public:
  NearestSession(const QueryKind& kind, const NearestArguments& arguments)
      : kind_(kind),
        arguments_(arguments),
        words_(open_words(arguments.model)),
        rows_(unit_rows(words_, words_.size(), arguments.threads)),
        at_once_(queries_at_once(std::min(arguments.k, words_.size()))) {}

  void prompt() const {
    if (!arguments_.json) write_stdout(kind_.prompt);
  }

  void add_words(std::span<const std::string_view> words) {
    pending_.insert(pending_.end(), words.begin(), words.end());
    const size_t size = kind_.signs.size();
    size_t done = 0;
    while (pending_.size() - done >= size) {
      const size_t count = std::min((pending_.size() - done) / size, at_once_);
      answer(std::span(pending_).subspan(done, count * size));
      done += count * size;
    }
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(done));
  }

  void finish() const {
    if (pending_.empty()) return;
    throw Error::data(fmt::format("standard input: ends with {} of a query's {} words",
                                  pending_.size(), kind_.signs.size()));
  }

 private:
  using Words = std::span<const std::string>;

  // neighbours: of a query.
  static size_t queries_at_once(int32_t neighbours) {
    const int64_t most = kNeighboursAtOnce / std::max(neighbours, 1);
    return static_cast<size_t>(std::clamp<int64_t>(most, 1, kQueriesAtOnce));
  }

  [[nodiscard]] Words query(Words words, size_t i) const {
    return words.subspan(i * kind_.signs.size(), kind_.signs.size());
  }

  void answer(Words words) {
    std::vector<NearestQuery> queries;
    std::vector<bool> known;
    for (size_t i = 0; i < words.size() / kind_.signs.size(); ++i) {
      queries.emplace_back();
      known.push_back(make_query(query(words, i), queries.back()));
    }
    const auto found = nearest_words(rows_, queries, arguments_.k, arguments_.threads);
    std::string out;
    for (size_t i = 0; i < queries.size(); ++i) {
      const auto neighbours = known[i] ? std::span(found[i]) : std::span<const Neighbour>();
      if (arguments_.json) {
        append_json(query(words, i), neighbours, out);
      } else {
        append_text(neighbours, out);
      }
    }
    write_stdout(out);
  }

  // Sums up the unit vectors; false if a word has none.
  bool make_query(Words words, NearestQuery& query) {
    query.vector.assign(static_cast<size_t>(words_.dim()), 0.0f);
    std::vector<float> vector(query.vector.size());
    bool known = true;
    for (size_t i = 0; i < words.size(); ++i) {
      if (!words_.copy_vector(words[i], scratch_, vector.data())) {
        print_error(
            fmt::format("{} is not in the vocabulary, and {} has no character n-grams to make a "
                        "vector of",
                        excerpt(words[i]), arguments_.model));
        known = false;
      }
      make_unit(vector);
      for (size_t j = 0; j < vector.size(); ++j) query.vector[j] += kind_.signs[i] * vector[j];
      const int32_t id = words_.find(words[i]);
      if (id >= 0) query.banned.push_back(id);
    }
    return known;
  }

  void append_text(std::span<const Neighbour> neighbours, std::string& out) const {
    for (const Neighbour& neighbour : neighbours) {
      fmt::format_to(std::back_inserter(out), "{} {:.6g}\n", words_.word(neighbour.word),
                     neighbour.similarity);
    }
    out += kind_.prompt;
  }

  // {"query":["x"],"neighbours":[{"word":"y","similarity":0.9},...]}
  void append_json(Words words, std::span<const Neighbour> neighbours, std::string& out) const {
    out += R"({"query":[)";
    for (size_t i = 0; i < words.size(); ++i) out += (i > 0 ? "," : "") + json_string(words[i]);
    out += R"(],"neighbours":[)";
    for (size_t i = 0; i < neighbours.size(); ++i) {
      fmt::format_to(std::back_inserter(out), R"({}{{"word":{},"similarity":{}}})",
                     i > 0 ? "," : "", json_string(words_.word(neighbours[i].word)),
                     neighbours[i].similarity);
    }
    out += "]}\n";
  }

  const QueryKind& kind_;
  const NearestArguments& arguments_;
  WordLookup words_;
  UnitRows rows_;
  size_t at_once_;
  WordLookup::Scratch scratch_;
  std::vector<std::string> pending_;
};

// Lines are answered as they come, those that are there together.
int answer_standard_input(const QueryKind& kind, const NearestArguments& arguments) {
  NearestSession session(kind, arguments);
  session.prompt();
  LineBlockReader reader({"-"});
  LineFeatures line;
  for (LineBlock block; reader.next(block);) {
    std::string_view text = block.text();
    if (text.ends_with('\n')) text.remove_suffix(1);
    split_line(text, line);
    session.add_words(line.tokens);
  }
  session.finish();
  return kExitDone;
}

}  // namespace

int run_nn(VerbArgs args) {
  const QueryKind kind = {"nn", "Prints the nearest words of each word of standard input.",
                          "Query word? ", kOneWord};
  const auto arguments = parse(kind, args);
  return arguments ? answer_standard_input(kind, *arguments) : kExitDone;
}

int run_analogies(VerbArgs args) {
  const QueryKind kind = {"analogies",
                          "Prints the words nearest to A - B + C for each three words A B C of "
                          "standard input.",
                          "Query triplet (A - B + C)? ", kTriplet};
  const auto arguments = parse(kind, args);
  if (!arguments) return kExitDone;
  if (!arguments->json) write_stdout(fmt::format("Loading model {}\n", arguments->model));
  return answer_standard_input(kind, *arguments);
}

}  // namespace wordfire
