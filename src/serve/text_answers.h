// Answers to one text or word after another, each as one value of JSON or one line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/nearest_words.h"
#include "core/predictor.h"
#include "core/sentence_vector.h"
#include "core/word_lookup.h"
#include "serve/media_type.h"
#include "serve/served_model.h"
#include "serve/settings.h"

namespace wordfire::serve {

// Working memory of one thread.
struct TextScratch {
  PredictScratch predict;
  SentenceScratch sentence;
  WordLookup::Scratch lookup;
  std::vector<Prediction> best;
  std::vector<float> numbers;
  std::string line;
};

class TextAnswers {
 public:
  // All must outlive the object. room: for ServedModel::unit_rows().
  TextAnswers(const ServedModel& model, Format format, const ServedModel::Room& room,
              TextScratch& scratch)
      : model_(model), format_(format), room_(room), scratch_(scratch) {}

  // Appends the answer to `text`, without a line end. settings: checked by check_settings(). The
  // float32 values are those of the command line for the same line of text, whose end is that of
  // `text`; line ends within it are blanks.
  void append(std::string_view text, const Settings& settings, std::string& out);

  // Appends the names of a CSV answer's columns.
  void append_names(const Settings& settings, std::string& out) const;

 private:
  // `text` as a line; prepared as the training text was if settings.raw.
  std::string_view line_of(std::string_view text, const Settings& settings);

  void append_labels(std::string_view text, const Settings& settings, std::string& out);
  void append_predictions(std::string& out) const;
  void append_labels_and_probabilities(std::string& out) const;
  // Of all labels, in the order of the model.
  void append_all_probabilities(std::string& out);
  void append_word_vector(std::string_view word, std::string& out);
  void append_sentence_vector(std::string_view text, const Settings& settings, std::string& out);
  void append_neighbours(std::string_view word, const Settings& settings, std::string& out);
  [[nodiscard]] std::vector<Neighbour> find_neighbours(std::string_view word,
                                                       const Settings& settings) const;
  void append_words_and_similarities(std::span<const Neighbour> found, std::string& out) const;

  const ServedModel& model_;
  Format format_;
  const ServedModel::Room& room_;
  TextScratch& scratch_;
};

}  // namespace wordfire::serve
