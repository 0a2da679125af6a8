// The page at "/": a person types a text and sees its labels, or a word and sees its neighbours. It
// asks the server itself, by /invocations, and nobody else.
#pragma once

#include "serve/answer.h"
#include "serve/served_model.h"

namespace wordfire::serve {

// The page for a model: page.html, which is part of the program.
[[nodiscard]] Answer page(const ServedModel& model);

}  // namespace wordfire::serve
