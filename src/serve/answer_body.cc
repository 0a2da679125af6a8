#include "serve/answer_body.h"

#include <fmt/format.h>

#include <utility>

#include "serve/csv_text.h"
#include "serve/json_text.h"
#include "serve/refused.h"

namespace wordfire::serve {

AnswerBody::AnswerBody(const ServedModel& model, const AnswerRules& rules,
                       std::chrono::steady_clock::time_point deadline, Format format,
                       TextScratch& scratch)
    : model_(model),
      rules_(rules),
      deadline_(deadline),
      format_(format),
      texts_(model, format, rules.room, scratch) {}

template <typename Append>
void AnswerBody::add_value(Append append) {
  const size_t before = out_.size();
  try {
    if (empty_ && is_list()) out_ += '[';
    if (!empty_) out_ += is_list() ? ", " : "\n";
    append();
    if (out_.size() > rules_.most_answer_bytes) {
      throw Refused(413, fmt::format("the answer has more than {} bytes; send fewer texts at once",
                                     rules_.most_answer_bytes));
    }
  } catch (const Refused&) {
    out_.resize(before);
    throw;
  }
  empty_ = false;
}

void AnswerBody::add(std::string_view text, const Settings& settings) {
  if (std::chrono::steady_clock::now() > deadline_) {
    throw Refused(503, "the answer took too long; send fewer texts at once, or try again");
  }
  if (text.size() > rules_.most_text_bytes) {
    throw Refused(413, fmt::format("a text of {} bytes, want at most {}", text.size(),
                                   rules_.most_text_bytes));
  }
  check_settings(settings, model_, format_);
  add_value([&] { texts_.append(text, settings, out_); });
}

void AnswerBody::add_error(std::string_view what) {
  std::string error = R"({"error": )";
  append_json_string(what, error);
  error += '}';
  add_value([&] {
    if (format_ == Format::kCsv) return append_csv_field(error, out_);
    out_ += error;
  });
}

void AnswerBody::add_names(const Settings& settings) {
  check_settings(settings, model_, format_);
  add_value([&] { texts_.append_names(settings, out_); });
}

std::string AnswerBody::finish() && {
  if (is_list()) out_ += empty_ ? "[]" : "]";
  return std::move(out_);
}

}  // namespace wordfire::serve
