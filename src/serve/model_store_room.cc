// The half of a store that brings models into memory, and makes room for them; the other is in
// model_store.cc.
#include <algorithm>
#include <chrono>
#include <utility>

#include "core/error.h"
#include "serve/model_folder.h"
#include "serve/model_loading.h"
#include "serve/model_store.h"

namespace wordfire::serve {

// Loads what lies at `path`; nullopt where there is no room. The lock is held at both ends, and
// given up between.
std::optional<ModelStore::Loaded> ModelStore::bring(const std::string& path,
                                                    const std::string& root, const Loader& load,
                                                    Lock& lock) {
  lock.unlock();
  Loaded loaded;
  {
    const ModelSource source(path, root);
    loaded.stamp = source.stamp();
    auto room = reserve(source.memory_estimate());
    if (!room) {
      lock.lock();
      return std::nullopt;
    }
    auto model = load(source);
    warm_up(*model);
    loaded.entry = ledger_.enter(std::move(model), std::move(*room));
  }
  lock.lock();
  return loaded;
}

// What is to take the place of a good model. Only files that are bad are refused for as long as
// they stay as they are: what the machine lacked it may have at the next look.
std::optional<ModelStore::Loaded> ModelStore::bring_newer(Registration& files,
                                                          const SourceStamp& stamp, Lock& lock) {
  try {
    return bring(files.path, files.root, load_beyond_doubt, lock);
  } catch (const Error& error) {
    if (!lock.owns_lock()) lock.lock();
    if (error.kind() == ErrorKind::kModel) files.refused = stamp;
    throw;
  }
}

// What was set aside. A name that stayed without its files could neither be asked nor loaded.
std::optional<ModelStore::Loaded> ModelStore::bring_back(std::string_view name,
                                                         const Registration& files, Lock& lock) {
  try {
    return bring(files.path, files.root, load_with_warning, lock);
  } catch (const Error& error) {
    const bool gone = error.fault() == SystemFault::kNoInput && is_gone(files.path);
    if (!lock.owns_lock()) lock.lock();
    if (gone) registered_.erase(registered_.find(name));
    throw;
  }
}

std::shared_ptr<const void> ModelStore::room(int64_t bytes) {
  std::optional<MemoryLedger::Reservation> reserved = reserve(bytes);
  if (!reserved) return nullptr;
  return std::make_shared<const MemoryLedger::Reservation>(std::move(*reserved));
}

// Nobody else reserves meanwhile: what is set aside here counts until it is free. So does what an
// unload gives back, which is awaited before other models have to go.
std::optional<MemoryLedger::Reservation> ModelStore::reserve(int64_t bytes) {
  constexpr std::chrono::seconds kMostFreeing(5);
  const std::lock_guard alone(reserving_);
  ledger_.wait_for_freeing(bytes, kMostFreeing);
  const int64_t lacking = ledger_.lacking(bytes);
  if (lacking > 0 && !set_aside(lacking)) return std::nullopt;
  return MemoryLedger::Reservation(ledger_, bytes);
}

// Gives back at least `bytes` of models that no request uses, or none.
bool ModelStore::set_aside(int64_t bytes) {
  if (when_full_ == WhenFull::kRefuse) return false;
  std::vector<std::shared_ptr<const ServedModel>> removed;  // freed without the lock
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<int64_t, std::string>> idle;  // by last use
  for (const auto& [name, place] : *table_) {
    if (place.entry.model.use_count() == 1) idle.emplace_back(place.use->time.load(), name);
  }
  std::sort(idle.begin(), idle.end());
  auto table = std::make_shared<Table>(*table_);
  for (const auto& [time, name] : idle) {
    if (bytes <= 0) break;
    const auto found = table->find(name);
    bytes -= found->second.entry.model->memory_bytes();
    removed.push_back(found->second.entry.model);
    table->erase(found);
  }
  if (bytes > 0) return false;
  publish(std::move(table));
  return true;
}

}  // namespace wordfire::serve
