// Word vectors in fastText's order.
#pragma once

#include <memory>

#include "core/line_trainer.h"

namespace wordfire {

// Each pair (skipgram) or window (CBOW) is one example of the loss; its rows are gathered and moved
// for it alone. Takes every loss. `task` outlives the trainer.
[[nodiscard]] std::unique_ptr<LineTrainer> make_plain_order_trainer(const WordVectorTask& task);

}  // namespace wordfire
