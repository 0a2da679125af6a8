// Any bytes as a request in each format, to a classifier and to word vectors: an answer that is
// whole, with a value for each text, or a refusal of one line; the same bytes with a scratch that
// was used before. First byte: which content type, model and rules.
#include <nlohmann/json.hpp>

#include "serve/answer.h"
#include "tests/fuzz/stream_reading.h"
#include "tests/serve/small_models.h"

namespace wordfire::serve {
namespace {

constexpr std::string_view kTypes[] = {"application/json",
                                       "application/jsonlines",
                                       "text/plain",
                                       "text/csv",
                                       "application/json; k=3; action=sentence_vectors",
                                       "application/jsonlines; action=neighbours",
                                       "text/csv; header=present; action=word_vectors",
                                       "text/plain; raw=true; threshold=0.25"};

const ServedModel& classifier() {
  static const ServedModel model = [] {
    LoadedModel loaded = small_classifier();
    loaded.manifest.emplace().recipe_json = Recipe().to_json();
    return ServedModel(std::move(loaded), "");
  }();
  return model;
}

const ServedModel& words() {
  static const ServedModel model(small_words(4), "");
  return model;
}

// The values of an answer in lines; JSON ones must be JSON.
void check_lines(const Answer& given) {
  if (given.content_type != "application/jsonlines") return;
  for (std::string_view rest = given.body; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    require(nlohmann::json::accept(line));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
}

void check_answer(const Answer& given) {
  if (given.status != 200) {
    require(given.status >= 400 && given.status < 500 && given.content_type == "text/plain");
    require(!given.body.empty() && given.body.find('\n') == std::string::npos);
    return;
  }
  if (given.content_type == "application/json") require(nlohmann::json::accept(given.body));
  check_lines(given);
}

}  // namespace
}  // namespace wordfire::serve

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wordfire;
  using namespace wordfire::serve;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  static AnswerScratch used;
  AnswerRules rules;
  rules.bad_lines_stay_alone = (data[0] & 16) != 0;
  rules.most_text_bytes = 1000;
  rules.most_answer_bytes = 100000;
  const ServedModel& model = (data[0] & 8) != 0 ? words() : classifier();
  const Request request = {kTypes[data[0] & 7], (data[0] & 32) != 0 ? "text/csv" : "", body};
  AnswerScratch fresh;
  const Answer given = answer(model, request, rules, fresh);
  check_answer(given);
  const Answer again = answer(model, request, rules, used);
  require(again.status == given.status && again.body == given.body);
  return 0;
}
