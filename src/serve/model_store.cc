#include "serve/model_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <new>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/usable_memory.h"
#include "serve/model_loading.h"

namespace wordfire::serve {
namespace {

constexpr std::chrono::seconds kMostWait(30);

int64_t now_ms() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

}  // namespace

int64_t default_model_memory() { return usable_memory() / 4 * 3; }

void ModelStore::LastUse::touch() {
  const int64_t now = now_ms();
  if (time.load(std::memory_order_relaxed) != now) time.store(now, std::memory_order_relaxed);
}

// Waits until nobody else is at work on the name. The lock is held at both ends.
class ModelStore::Busy {
 public:
  Busy(ModelStore& store, std::string name, Lock& lock)
      : store_(store), name_(std::move(name)), lock_(lock) {
    store_.changed_.wait(lock_, [&] { return !store_.busy_.contains(name_); });
    store_.busy_.insert(name_);
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() {
    if (!lock_.owns_lock()) lock_.lock();
    store_.busy_.erase(name_);
    store_.changed_.notify_all();
  }

 private:
  ModelStore& store_;
  std::string name_;
  Lock& lock_;
};

ModelStore::ModelStore(int64_t memory, WhenFull when_full)
    : ledger_(memory), when_full_(when_full) {
  publish(table_);
}

ModelStore::Slot& ModelStore::slot() const {
  return slots_[std::hash<std::thread::id>()(std::this_thread::get_id()) % slots_.size()];
}

std::shared_ptr<const ServedModel> ModelStore::find(std::string_view name) const {
  const Slot& mine = slot();
  const std::lock_guard lock(mine.mutex);
  const auto found = mine.table->find(name);
  if (found == mine.table->end()) return nullptr;
  found->second.use->touch();
  return found->second.entry.model;
}

std::shared_ptr<const ServedModel> ModelStore::find_or_load(std::string_view name) {
  if (auto model = find(name)) return model;
  Lock lock(mutex_);
  const Busy busy(*this, std::string(name), lock);
  const auto known = registered_.find(name);
  if (known == registered_.end()) return nullptr;
  if (auto model = find(name)) return model;  // somebody else was faster
  std::optional<Loaded> loaded = bring_back(name, known->second, lock);
  if (!loaded) throw std::bad_alloc();
  auto model = loaded->entry.model;
  place(known->first, known->second, std::move(*loaded));
  return model;
}

LoadResult ModelStore::load(const std::string& name, const std::string& path,
                            const std::string& root) {
  std::optional<Loaded> loaded;  // outlives the lock: freeing a model takes its time
  Lock lock(mutex_);
  const Busy busy(*this, name, lock);
  if (registered_.contains(name)) return LoadResult::kAlreadyThere;
  try {
    loaded = bring(path, root, load_with_warning, lock);
    if (!loaded) return LoadResult::kNoRoom;
    TablePtr table = with(name, loaded->entry);
    registered_.emplace(name, Registration{path, root, std::move(loaded->stamp), {}, {}});
    publish(std::move(table));
  } catch (const std::bad_alloc&) {
    return LoadResult::kNoRoom;
  }
  return LoadResult::kLoaded;
}

bool ModelStore::unload(std::string_view name) {
  LedgerEntry removed;
  {
    Lock lock(mutex_);
    const Busy busy(*this, std::string(name), lock);
    const auto known = registered_.find(name);
    if (known == registered_.end()) return false;
    if (const auto found = table_->find(name); found != table_->end()) {
      removed = found->second.entry;
      publish(without(name));
    }
    registered_.erase(known);
  }
  removed.model.reset();
  ledger_.wait_until_free(removed.ticket, kMostWait);
  return true;
}

ReloadResult ModelStore::reload(std::string_view name) {
  std::optional<Loaded> loaded;
  std::shared_ptr<const ServedModel> older;
  Lock lock(mutex_);
  const Busy busy(*this, std::string(name), lock);
  const auto known = registered_.find(name);
  if (known == registered_.end()) return ReloadResult::kUnchanged;
  // Files may be slow. Who is busy with a name has it to itself, so that it stays.
  const auto look_at_files = [&] {
    lock.unlock();
    auto stamp = stamp_of(known->second.path);
    lock.lock();
    return stamp;
  };
  const auto stamp = look_at_files();
  const auto place_of = table_->find(name);
  if (!stamp || stamp == known->second.loaded || place_of == table_->end()) {
    return ReloadResult::kUnchanged;
  }
  older = place_of->second.entry.model;  // in use, so that it is not set aside
  loaded = bring_newer(known->second, *stamp, lock);
  if (!loaded) {
    throw Error::internal(fmt::format(
        "{}: no room for a second model, want more memory for models; the older one stays in use",
        stamp->file));
  }
  if (loaded->stamp != stamp || look_at_files() != stamp) {
    throw Error::model(stamp->file +
                       ": changed while it was loaded, want it to rest; rename a "
                       "whole file to its name");
  }
  place(known->first, known->second, std::move(*loaded));
  return ReloadResult::kSwapped;
}

ReloadResult ModelStore::reload_if_changed(std::string_view name) {
  const std::optional<ModelEntry> entry = describe(name);
  if (!entry) return ReloadResult::kUnchanged;
  const auto stamp = stamp_of(entry->path);
  {
    const std::lock_guard lock(mutex_);
    const auto known = registered_.find(name);
    if (known == registered_.end() || known->second.path != entry->path) {
      return ReloadResult::kUnchanged;  // the name is another model's now
    }
    Registration& files = known->second;
    const bool rests = stamp == files.seen;
    files.seen = stamp;
    if (!stamp || stamp == files.loaded || stamp == files.refused) return ReloadResult::kUnchanged;
    if (!rests) return ReloadResult::kChanging;
  }
  return reload(name);
}

std::vector<ModelEntry> ModelStore::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<ModelEntry> entries;
  for (const auto& [name, files] : registered_) {
    entries.push_back({name, files.path, table_->contains(name)});
  }
  return entries;
}

std::optional<ModelEntry> ModelStore::describe(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto known = registered_.find(name);
  if (known == registered_.end()) return std::nullopt;
  return ModelEntry{known->first, known->second.path, table_->contains(name)};
}

int ModelStore::count_in_memory() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(table_->size());
}

// From now on requests find this model; or nothing changes where memory is lacking.
void ModelStore::place(const std::string& name, Registration& files, Loaded loaded) {
  TablePtr table = with(name, std::move(loaded.entry));
  files.loaded = std::move(loaded.stamp);
  files.refused.reset();
  publish(std::move(table));
}

ModelStore::TablePtr ModelStore::with(const std::string& name, LedgerEntry entry) const {
  auto table = std::make_shared<Table>(*table_);
  auto use = std::make_shared<LastUse>();
  use->touch();
  table->insert_or_assign(name, Place{std::move(entry), std::move(use)});
  return table;
}

ModelStore::TablePtr ModelStore::without(std::string_view name) const {
  auto table = std::make_shared<Table>(*table_);
  table->erase(table->find(name));
  return table;
}

// Whoever removes a model from the table keeps it until the lock is given up.
void ModelStore::publish(TablePtr table) noexcept {
  for (Slot& slot : slots_) {
    const std::lock_guard lock(slot.mutex);
    slot.table = table;
  }
  table_ = std::move(table);
}

}  // namespace wordfire::serve
