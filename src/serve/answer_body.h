// The body of an answer while it is made: a value for each text of the request, within the server's
// limits.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "serve/answer.h"
#include "serve/media_type.h"
#include "serve/settings.h"
#include "serve/text_answers.h"

namespace wordfire::serve {

class AnswerBody {
 public:
  // All references must outlive the object.
  AnswerBody(const ServedModel& model, const AnswerRules& rules,
             std::chrono::steady_clock::time_point deadline, Format format, TextScratch& scratch);

  // Adds the answer to a text. Throws Refused: 400 and 406 for settings that the model or the
  // format cannot follow, 413 for a text or an answer that is too long, 503 past the deadline.
  // Nothing is added then.
  void add(std::string_view text, const Settings& settings);
  // Adds {"error": "..."} for a line of JSON lines, as one field of CSV. Throws Refused (413).
  void add_error(std::string_view what);
  // Adds the names of a CSV answer's columns. Throws Refused as add() does.
  void add_names(const Settings& settings);

  // The whole answer: a list in JSON, else lines. The last one does not end: batch transform puts a
  // line end behind each answer.
  [[nodiscard]] std::string finish() &&;

 private:
  // Adds what append() appends to out_.
  template <typename Append>
  void add_value(Append append);
  [[nodiscard]] bool is_list() const { return format_ == Format::kJson; }

  const ServedModel& model_;
  const AnswerRules& rules_;
  const std::chrono::steady_clock::time_point deadline_;
  const Format format_;
  TextAnswers texts_;
  std::string out_;
  bool empty_ = true;
};

}  // namespace wordfire::serve
