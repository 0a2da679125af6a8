// What is sent back: BlazingText's answers to BlazingText's requests, and formats of ours besides
// them. FORMATS.md beside this header describes them all.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "serve/request.h"
#include "serve/served_model.h"

namespace wordfire::serve {

struct Answer {
  int status = 200;
  std::string content_type;
  std::string body;
};

// A short text/plain answer that says what is wrong, and what to do: one line, cut at 1,000 bytes,
// with '?' for what cannot be shown.
[[nodiscard]] Answer refusal(int status, std::string_view text);

// The answer to what was thrown while a request was handled. The one table from kinds of errors to
// HTTP status: usage and data 400, model 500, system 503, internal and anything else 500; 507 for
// memory that is not there, be it for the refusal's text.
[[nodiscard]] Answer refusal(const std::exception& error) noexcept;

// What holds for all requests to a server.
struct AnswerRules {
  // A line of JSON lines that is wrong gets a line {"error": "..."}, instead of 400 for all:
  // SAGEMAKER_BATCH, where the output of a whole file would be lost.
  bool bad_lines_stay_alone = false;
  // Accept of a request that has none or "*/*": SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT.
  std::string default_accept;
  // A longer text or word is refused with 413: working memory is up to 40 times its size.
  size_t most_text_bytes = size_t{4} << 20;
  // An answer that grows beyond is refused with 413: short requests can have long answers.
  size_t most_answer_bytes = size_t{256} << 20;
  // Asked before a model grows by its table of neighbours; nothing: it may.
  ServedModel::Room room = {};
};

// Working memory of one thread; reused from request to request. What a large request left behind is
// given back.
class AnswerScratch {
 public:
  AnswerScratch();
  AnswerScratch(AnswerScratch&&) noexcept;
  ~AnswerScratch();

 private:
  friend class Answering;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Answers one request: 200, or 4xx and 5xx with a short text. Reads nothing but its arguments;
// thread-safe with one scratch a thread. The same text gets the same float32 bits alone, in a batch
// and on the command line. Throws nothing.
[[nodiscard]] Answer answer(const ServedModel& model, const Request& request,
                            const AnswerRules& rules, AnswerScratch& scratch) noexcept;

}  // namespace wordfire::serve
