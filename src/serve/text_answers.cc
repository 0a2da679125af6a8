#include "serve/text_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "io/decimal.h"
#include "serve/csv_text.h"
#include "serve/json_text.h"

namespace wordfire::serve {
namespace {

void append_numbers(std::span<const float> numbers, std::string_view separator, std::string& out) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) out += separator;
    append_json_number(numbers[i], out);
  }
}

// As the verb print-word-vectors prints them.
void append_decimals(std::span<const float> numbers, std::string& out) {
  std::array<char, kDecimalBytes> digits{};
  for (const float number : numbers) {
    out.append(digits.data(), write_decimal(number, digits.data()));
    out += ' ';
  }
}

}  // namespace

void TextAnswers::append(std::string_view text, const Settings& settings, std::string& out) {
  switch (settings.action) {
    case Action::kPredict:
      return append_labels(text, settings, out);
    case Action::kWordVectors:
      return append_word_vector(text, out);
    case Action::kNeighbours:
      return append_neighbours(text, settings, out);
    case Action::kSentenceVectors:
      return append_sentence_vector(text, settings, out);
  }
}

void TextAnswers::append_names(const Settings& settings, std::string& out) const {
  if (settings.action == Action::kPredict) {
    const Dictionary& dictionary = model_.model().dictionary;
    for (int32_t label = 0; label < dictionary.nlabels(); ++label) {
      if (label > 0) out += ',';
      append_csv_field(dictionary.label(label), out);
    }
    return;
  }
  for (int32_t column = 1; column <= model_.words().dim(); ++column) {
    fmt::format_to(std::back_inserter(out), "{}v{}", column > 1 ? "," : "", column);
  }
}

std::string_view TextAnswers::line_of(std::string_view text, const Settings& settings) {
  std::string& line = scratch_.line;
  if (settings.raw) {
    line.clear();
    model_.recipe()->normalize(text, line);
  } else {
    line.assign(text);
    std::ranges::replace(line, '\n', ' ');
  }
  line += '\n';
  return line;
}

void TextAnswers::append_labels(std::string_view text, const Settings& settings, std::string& out) {
  constexpr int32_t kAll = -1;
  const bool all = format_ == Format::kCsv;
  const Predictor& predictor = model_.predictor();
  predictor.encode(line_of(text, settings), scratch_.predict);
  predictor.predict(scratch_.predict, all ? kAll : settings.k_or_default(),
                    all ? 0 : settings.threshold.value_or(0), scratch_.best);
  if (all) {
    append_all_probabilities(out);
  } else if (format_ == Format::kText) {
    append_labels_and_probabilities(out);
  } else {
    append_predictions(out);
  }
}

// The order of the two names is that of BlazingText's documentation: prob comes first in JSON
// lines.
void TextAnswers::append_predictions(std::string& out) const {
  const std::vector<Prediction>& best = scratch_.best;
  const auto append_names = [&] {
    for (size_t i = 0; i < best.size(); ++i) {
      if (i > 0) out += ", ";
      out += model_.label_json(best[i].label);
    }
  };
  const auto append_probabilities = [&] {
    for (size_t i = 0; i < best.size(); ++i) {
      if (i > 0) out += ", ";
      append_json_number(best[i].probability, out);
    }
  };
  const bool names_first = format_ == Format::kJson;
  out += names_first ? R"({"label": [)" : R"({"prob": [)";
  names_first ? append_names() : append_probabilities();
  out += names_first ? R"(], "prob": [)" : R"(], "label": [)";
  names_first ? append_probabilities() : append_names();
  out += "]}";
}

// As the verb predict-prob prints them.
void TextAnswers::append_labels_and_probabilities(std::string& out) const {
  for (size_t i = 0; i < scratch_.best.size(); ++i) {
    fmt::format_to(std::back_inserter(out), "{}{} {:.6g}", i > 0 ? " " : "",
                   model_.model().dictionary.label(scratch_.best[i].label),
                   scratch_.best[i].probability);
  }
}

void TextAnswers::append_all_probabilities(std::string& out) {
  scratch_.numbers.assign(static_cast<size_t>(model_.model().dictionary.nlabels()), 0.0f);
  for (const Prediction& each : scratch_.best) {
    scratch_.numbers[static_cast<size_t>(each.label)] = each.probability;
  }
  append_numbers(scratch_.numbers, ",", out);
}

void TextAnswers::append_word_vector(std::string_view word, std::string& out) {
  scratch_.numbers.resize(static_cast<size_t>(model_.words().dim()));
  model_.words().copy_vector(word, scratch_.lookup, scratch_.numbers.data());
  if (format_ == Format::kCsv) return append_numbers(scratch_.numbers, ",", out);
  if (format_ == Format::kText) {
    out.append(word).push_back(' ');
    return append_decimals(scratch_.numbers, out);
  }
  out += R"({"vector": [)";
  append_numbers(scratch_.numbers, ", ", out);
  out += R"(], "word": )";
  append_json_string(word, out);
  out += '}';
}

void TextAnswers::append_sentence_vector(std::string_view text, const Settings& settings,
                                         std::string& out) {
  const std::string_view line = line_of(text, settings);
  const std::span<const float> vector =
      model_.is_classifier() ? model_.predictor().sentence_vector(line, scratch_.predict)
                             : sentence_vector(model_.words(), line, scratch_.sentence);
  if (format_ == Format::kCsv) return append_numbers(vector, ",", out);
  if (format_ == Format::kText) return append_decimals(vector, out);
  out += R"({"vector": [)";
  append_numbers(vector, ", ", out);
  out += "]}";
}

// As the verb nn finds them; none for a word that has no vector.
std::vector<Neighbour> TextAnswers::find_neighbours(std::string_view word,
                                                    const Settings& settings) const {
  NearestQuery query;
  query.vector.resize(static_cast<size_t>(model_.words().dim()));
  if (!model_.words().copy_vector(word, scratch_.lookup, query.vector.data())) return {};
  make_unit(query.vector);
  const int32_t id = model_.words().find(word);
  if (id >= 0) query.banned.push_back(id);
  constexpr int kThreads = 1;
  const std::span<const NearestQuery> queries(&query, 1);
  auto found =
      nearest_words(model_.unit_rows(room_), queries, settings.k_or_default(), kThreads)[0];
  std::erase_if(found, [&](const Neighbour& each) {
    return settings.threshold && !(each.similarity >= *settings.threshold);
  });
  return found;
}

void TextAnswers::append_neighbours(std::string_view word, const Settings& settings,
                                    std::string& out) {
  const std::vector<Neighbour> found = find_neighbours(word, settings);
  if (format_ == Format::kText) return append_words_and_similarities(found, out);
  out += R"({"neighbours": [)";
  for (size_t i = 0; i < found.size(); ++i) {
    out += i > 0 ? R"(, {"word": )" : R"({"word": )";
    append_json_string(model_.words().word(found[i].word), out);
    out += R"(, "similarity": )";
    append_json_number(found[i].similarity, out);
    out += '}';
  }
  out += R"(], "word": )";
  append_json_string(word, out);
  out += '}';
}

void TextAnswers::append_words_and_similarities(std::span<const Neighbour> found,
                                                std::string& out) const {
  for (size_t i = 0; i < found.size(); ++i) {
    fmt::format_to(std::back_inserter(out), "{}{} {:.6g}", i > 0 ? " " : "",
                   model_.words().word(found[i].word), found[i].similarity);
  }
}

}  // namespace wordfire::serve
