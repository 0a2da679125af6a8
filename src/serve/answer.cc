#include "serve/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/ascii_text.h"
#include "io/csv_reader.h"
#include "serve/answer_body.h"
#include "serve/json_reader.h"
#include "serve/json_request.h"
#include "serve/refused.h"

namespace wordfire::serve {
namespace {

// Working memory that a larger request left behind is given back.
constexpr size_t kKeptBytes = size_t{256} << 10;

std::string_view without_mark(std::string_view body) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  return body;
}

// Cuts off the first `bytes` of `rest`.
std::string_view take(std::string_view& rest, size_t bytes) {
  const std::string_view front = rest.substr(0, bytes);
  rest.remove_prefix(front.size());
  return front;
}

// Cuts off the next line, without its '\n'.
std::string_view take_line(std::string_view& rest) {
  std::string_view line = take(rest, rest.find('\n'));
  if (!rest.empty()) rest.remove_prefix(1);
  return line;
}

// Does `work`; what is refused there gets its place in front.
template <typename Work>
void at_place(std::string_view place, size_t number, Work work) {
  try {
    work();
  } catch (const Refused& refused) {
    throw Refused(refused.status(), fmt::format("{} {}: {}", place, number, refused.what()));
  }
}

}  // namespace

struct AnswerScratch::Parts {
  TextScratch text;
  JsonReader json;
  CsvFields fields;
  std::string joined;  // the columns of a row
};

AnswerScratch::AnswerScratch() : parts_(std::make_unique<Parts>()) {}
AnswerScratch::AnswerScratch(AnswerScratch&&) noexcept = default;
AnswerScratch::~AnswerScratch() = default;

// One request being answered.
class Answering {
 public:
  Answering(const ServedModel& model, const Request& request, const AnswerRules& rules,
            AnswerScratch& scratch)
      : rules_(rules),
        parts_(*scratch.parts_),
        exchange_(negotiate(request.content_type, request.accept, rules.default_accept)),
        defaults_(requested_settings(model, exchange_.type)),
        rest_(without_mark(request.body)),
        body_(model, rules, request.deadline, exchange_.answer, parts_.text) {
    check_settings(defaults_, model, exchange_.answer);
  }

  Answer run() && {
    switch (exchange_.request) {
      case Format::kJson:
        answer_instances();
        break;
      case Format::kJsonLines:
        answer_json_lines();
        break;
      case Format::kText:
        answer_lines();
        break;
      case Format::kCsv:
        answer_rows();
        break;
    }
    return {200, std::move(exchange_.answer_type), std::move(body_).finish()};
  }

  static void tidy(const Request& request, AnswerScratch& scratch) {
    if (request.body.size() <= kKeptBytes) return;
    AnswerScratch::Parts none;  // assigned, it would leave strings their memory
    std::swap(*scratch.parts_, none);
  }

 private:
  // settings: of all texts, as far as columns depend on them.
  void begin(const Settings& settings) {
    if (exchange_.names_columns) body_.add_names(settings);
  }

  void answer_instances() {
    const JsonInstances request = read_instances(parts_.json.read(rest_), defaults_);
    begin(request.settings);
    size_t index = 0;
    for (const simdjson::dom::element each : request.texts) {
      body_.add(text_of(each, index++), request.settings);
    }
  }

  // Blank lines have no answer.
  void answer_json_lines() {
    begin(defaults_);
    for (size_t number = 1; !rest_.empty(); ++number) {
      const std::string_view line = trimmed(take_line(rest_));
      if (line.empty()) continue;
      at_place("line", number, [&] { alone([&] { answer_line(line); }); });
    }
  }

  // An object, or a list of them, as Spark's container sends.
  void answer_line(std::string_view line) {
    const simdjson::dom::element root = parts_.json.read(line);
    simdjson::dom::array list;
    if (root.get_array().get(list) != simdjson::SUCCESS) return answer_source(root);
    if (list.size() == 0) throw Refused(400, R"(an empty list, want {"source": "text", "k": 1})");
    for (const simdjson::dom::element each : list) alone([&] { answer_source(each); });
  }

  // Does `work`; what the client has done wrong becomes an answer, where the server wants that.
  template <typename Work>
  void alone(Work work) {
    try {
      work();
    } catch (const Refused& refused) {
      if (!rules_.bad_lines_stay_alone || refused.status() >= 500) throw;
      body_.add_error(refused.what());
    }
  }

  void answer_source(const simdjson::dom::element& object) {
    const JsonSource source = read_source(object, defaults_);
    body_.add(source.text, source.settings);
  }

  // Blank lines are texts as well, as on the command line.
  void answer_lines() {
    begin(defaults_);
    for (size_t number = 1; !rest_.empty(); ++number) {
      std::string_view line = take_line(rest_);
      if (line.ends_with('\r')) line.remove_suffix(1);
      at_place("line", number, [&] { body_.add(line, defaults_); });
    }
  }

  void answer_rows() {
    begin(defaults_);
    size_t number = 1;
    if (exchange_.type.parameter("header") == "present") {
      at_place("row", number++, [&] { static_cast<void>(take_row()); });
    }
    for (; !rest_.empty(); ++number) {
      at_place("row", number, [&] { body_.add(take_row(), defaults_); });
    }
  }

  // The columns of the next row, a blank between two.
  std::string_view take_row() {
    const std::string_view row = take(rest_, find_record_end(rest_, {}).end);
    if (const auto fault = parts_.fields.parse(row, {})) {
      throw Refused(400, fmt::format("byte {}: quotes that RFC 4180 does not know; want texts with "
                                     "commas, quotes or line ends in quotes, and quotes in them "
                                     "doubled",
                                     fault->byte));
    }
    const auto& values = parts_.fields.values();
    if (values.size() == 1) return values.front();
    parts_.joined = fmt::format("{}", fmt::join(values, " "));
    return parts_.joined;
  }

  const AnswerRules& rules_;
  AnswerScratch::Parts& parts_;
  Exchange exchange_;
  const Settings defaults_;
  std::string_view rest_;  // of the request's body
  AnswerBody body_;
};

Answer answer(const ServedModel& model, const Request& request, const AnswerRules& rules,
              AnswerScratch& scratch) noexcept {
  Answer answer;
  try {
    answer = Answering(model, request, rules, scratch).run();
  } catch (const std::exception& error) {
    answer = refusal(error);
  }
  Answering::tidy(request, scratch);
  return answer;
}

}  // namespace wordfire::serve
