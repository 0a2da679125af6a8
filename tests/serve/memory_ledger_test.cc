#include "serve/memory_ledger.h"

#include <algorithm>
#include <atomic>

#include "core/parallel.h"
#include "io/model_file.h"
#include "tests/serve/small_model_files.h"

namespace wordfire::serve {
namespace {

class MemoryLedgerTest : public ModelFilesTest {
 protected:
  MemoryLedgerTest()
      : model_(std::make_shared<ServedModel>(load_model(put_model("m.bin", 0)), path("m.bin"))) {}

  std::shared_ptr<const ServedModel> model_;
  MemoryLedger ledger_{int64_t{1} << 30};
};

TEST_F(MemoryLedgerTest, AModelCountsInsteadOfItsReservation) {
  const int64_t bytes = model_->memory_bytes();
  const LedgerEntry entry = ledger_.enter(model_, MemoryLedger::Reservation(ledger_, 3 * bytes));
  EXPECT_EQ(ledger_.used(), bytes);
}

// Whoever looks in between would take the memory for free.
TEST_F(MemoryLedgerTest, AModelCountsWithoutAGap) {
  const int64_t bytes = model_->memory_bytes();
  std::atomic<bool> done = false;
  int64_t least = bytes;
  LedgerEntry entry = ledger_.enter(model_, {});
  parallel_workers(2, [&](int worker) {
    while (worker == 1 && !done) least = std::min(least, ledger_.used());
    if (worker == 1) return;
    for (int i = 0; i < 20'000; ++i) {
      MemoryLedger::Reservation reserved(ledger_, bytes);
      entry = {};  // it counted until here
      entry = ledger_.enter(model_, std::move(reserved));
    }
    done = true;
  });
  EXPECT_EQ(least, bytes);
}

}  // namespace
}  // namespace wordfire::serve
