#include "serve/memory_ledger.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

namespace wordfire::serve {

struct MemoryLedger::Reservation::Book {
  int64_t limit = 0;
  std::mutex mutex;
  std::condition_variable freed;
  int64_t reserved = 0;
  uint64_t last_ticket = 0;
  // What a ticket stands for: a model, or the bytes of one that is being freed.
  struct Holding {
    const ServedModel* model = nullptr;
    int64_t freeing = 0;

    // Models grow with use (ServedModel::unit_rows()), so they are asked each time.
    int64_t bytes() const { return model == nullptr ? freeing : model->memory_bytes(); }
  };
  std::map<uint64_t, Holding> holdings;

  int64_t used() const {
    int64_t bytes = reserved;
    for (const auto& [ticket, holding] : holdings) bytes += holding.bytes();
    return bytes;
  }
};

MemoryLedger::Reservation::Reservation(MemoryLedger& ledger, int64_t bytes)
    : book_(ledger.book_), bytes_(bytes) {
  const std::lock_guard lock(book_->mutex);
  book_->reserved += bytes_;
}

MemoryLedger::Reservation::Reservation(Reservation&& other) noexcept { *this = std::move(other); }

MemoryLedger::Reservation& MemoryLedger::Reservation::operator=(Reservation&& other) noexcept {
  std::swap(book_, other.book_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

MemoryLedger::Reservation::~Reservation() {
  if (!book_) return;
  const std::lock_guard lock(book_->mutex);
  book_->reserved -= bytes_;
}

MemoryLedger::MemoryLedger(int64_t limit) : book_(std::make_shared<Reservation::Book>()) {
  book_->limit = limit;
}

int64_t MemoryLedger::used() const {
  const std::lock_guard lock(book_->mutex);
  return book_->used();
}

int64_t MemoryLedger::lacking(int64_t bytes) const { return used() - book_->limit + bytes; }

LedgerEntry MemoryLedger::enter(std::shared_ptr<const ServedModel> model, Reservation reserved) {
  struct Held {
    std::shared_ptr<Reservation::Book> book;
    std::shared_ptr<const ServedModel> model;
    uint64_t ticket = 0;

    // The memory is free before anybody is told so; freeing takes its time, so nobody waits for the
    // lock meanwhile.
    ~Held() {
      std::unique_lock lock(book->mutex);
      const auto found = book->holdings.find(ticket);
      if (found == book->holdings.end()) return;  // there was no memory to enter it
      found->second = {nullptr, model->memory_bytes()};
      lock.unlock();
      model.reset();
      lock.lock();
      book->holdings.erase(found);
      book->freed.notify_all();
    }
  };
  auto held = std::make_shared<Held>();
  held->book = book_;
  held->model = std::move(model);
  const std::lock_guard lock(book_->mutex);
  held->ticket = ++book_->last_ticket;
  book_->holdings[held->ticket] = {held->model.get(), 0};
  book_->reserved -= std::exchange(reserved.bytes_, 0);
  const uint64_t ticket = held->ticket;
  const ServedModel* const served = held->model.get();
  return {std::shared_ptr<const ServedModel>(std::move(held), served), ticket};
}

void MemoryLedger::wait_for_freeing(int64_t bytes, std::chrono::milliseconds most) const {
  const auto is_in_use = [](const auto& each) { return each.second.model != nullptr; };
  std::unique_lock lock(book_->mutex);
  book_->freed.wait_for(lock, most, [&] {
    return book_->used() + bytes <= book_->limit || std::ranges::all_of(book_->holdings, is_in_use);
  });
}

bool MemoryLedger::wait_until_free(uint64_t ticket, std::chrono::milliseconds most) const {
  std::unique_lock lock(book_->mutex);
  return book_->freed.wait_for(lock, most, [&] { return !book_->holdings.contains(ticket); });
}

}  // namespace wordfire::serve
