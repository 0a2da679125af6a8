// What all models together hold of the memory that they may have. A model counts from the
// reservation for its loading until its last user, a request perhaps, lets go of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "serve/served_model.h"

namespace wordfire::serve {

// A model, and the number by which the ledger knows it.
struct LedgerEntry {
  std::shared_ptr<const ServedModel> model;
  uint64_t ticket = 0;
};

// Thread-safe. Models may outlive the ledger.
class MemoryLedger {
 public:
  // limit: bytes.
  explicit MemoryLedger(int64_t limit);

  // Bytes beyond the limit if `bytes` were added now; at most 0 where they fit.
  [[nodiscard]] int64_t lacking(int64_t bytes) const;
  [[nodiscard]] int64_t used() const;

  // Room for a model that is being loaded, or is about to grow, counted until this goes.
  class Reservation {
   public:
    Reservation() = default;
    Reservation(MemoryLedger& ledger, int64_t bytes);
    Reservation(Reservation&& other) noexcept;
    Reservation& operator=(Reservation&& other) noexcept;
    ~Reservation();

   private:
    struct Book;
    friend class MemoryLedger;
    std::shared_ptr<Book> book_;
    int64_t bytes_ = 0;
  };

  // The model, counted until the last copy of the pointer goes, and from the moment at which what
  // was reserved for it no longer is.
  [[nodiscard]] LedgerEntry enter(std::shared_ptr<const ServedModel> model, Reservation reserved);
  // Waits until the memory of a model is free, or the time is over; false in that case. The caller
  // holds no pointer to it.
  bool wait_until_free(uint64_t ticket, std::chrono::milliseconds most) const;
  // Waits while `bytes` do not fit and models without a user are still being freed, no longer than
  // this.
  void wait_for_freeing(int64_t bytes, std::chrono::milliseconds most) const;

 private:
  std::shared_ptr<Reservation::Book> book_;
};

}  // namespace wordfire::serve
