#include "serve/page.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "page_text.h"

namespace wordfire::serve {
namespace {

// Replaces `mark`, which the page has once.
void fill_in(std::string_view mark, std::string_view text, std::string& page) {
  page.replace(page.find(mark), mark.size(), text);
}

std::string description_of(const Model& model) {
  const Dictionary& dictionary = model.dictionary;
  if (model.args.model == ModelKind::kSupervised) {
    return fmt::format("A classifier of {} labels that knows {} words.", dictionary.nlabels(),
                       dictionary.nwords());
  }
  return fmt::format("Vectors of {} words, {} numbers each.", dictionary.nwords(), model.args.dim);
}

}  // namespace

Answer page(const ServedModel& model) {
  Answer answer{200, "text/html; charset=utf-8", std::string(kPageText)};
  fill_in("@MODEL_KIND@", model.is_classifier() ? "classifier" : "words", answer.body);
  fill_in("@HAS_RECIPE@", model.recipe() != nullptr ? "true" : "false", answer.body);
  fill_in("@MODEL_TEXT@", description_of(model.model()), answer.body);
  return answer;
}

}  // namespace wordfire::serve
