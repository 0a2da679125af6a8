// The models of a server, by name. Requests find them without waiting for each other or for a load;
// models are loaded, unloaded and replaced while requests go on with what they have.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "serve/memory_ledger.h"
#include "serve/model_source.h"
#include "serve/served_model.h"

namespace wordfire::serve {

// Three quarters of the memory that this process may use: requests and the unpacked need some too.
[[nodiscard]] int64_t default_model_memory();

enum class LoadResult { kLoaded, kAlreadyThere, kNoRoom };
enum class ReloadResult {
  kUnchanged,  // the files are those of the model that is in use, or those that were refused
  kChanging,   // they are others, and may be half written: ask again in a second
  kSwapped,    // requests find the new model from now on
};

// What happens where room is lacking.
enum class WhenFull {
  kSetAside,  // models that no request uses go, until find_or_load() is asked for them
  kRefuse,    // all stay: whoever asks with find() alone would not get them back
};

struct ModelEntry {
  std::string name;
  std::string path;        // as it was given to load()
  bool in_memory = false;  // otherwise it is loaded again by the next request
};

// Thread-safe.
class ModelStore {
 public:
  // memory: bytes that all models together may take, those of requests under way included.
  explicit ModelStore(int64_t memory = default_model_memory(),
                      WhenFull when_full = WhenFull::kSetAside);

  // The model of this name, if it is in memory. Never waits for a load: some threads share a lock
  // that is held for a look-up.
  [[nodiscard]] std::shared_ptr<const ServedModel> find(std::string_view name) const;

  // The same, but a model that was set aside for lack of room is loaded again, which takes its
  // time; null for a name that was never loaded, or was unloaded. Throws what load() throws, and
  // bad_alloc when there is no room. A name whose files are certainly no longer there (no_input)
  // is forgotten.
  [[nodiscard]] std::shared_ptr<const ServedModel> find_or_load(std::string_view name);

  // Loads the file, folder or archive at `path`. Where room is lacking, models that no request uses
  // are set aside, the one whose last use is longest ago first; they keep their names. kNoRoom when
  // that is not enough, with nothing set aside. Throws Error (no_input, model) when the model
  // cannot be used; bytes that differ from the manifest are one of its warnings. root: the folder
  // below which all must lie that is opened, now and later, links followed; Error (usage) for what
  // does not. Empty: `path` may lead anywhere.
  LoadResult load(const std::string& name, const std::string& path, const std::string& root = {});

  // Forgets the name, and waits until requests under way are done with the model and its memory is
  // free, though no longer than 30 s. False where there is no such name.
  bool unload(std::string_view name);

  // Loads the files anew that the model came from, if they are others now: the new model is loaded
  // beside the old one, compared with its manifest in full, and tried, before requests find it.
  // Throws Error as load() does, and Error (model) for bytes that differ from the manifest, values
  // that are not finite, or files that change meanwhile; the old model then stays in use. A model
  // that was set aside stays so.
  ReloadResult reload(std::string_view name);
  // For a clock that calls it every second or so: reload(), once the files have looked the same in
  // two calls, and once only for files that were refused: for bad ones (model), not for what the
  // machine lacked.
  ReloadResult reload_if_changed(std::string_view name);

  // Room by which a model in use is about to grow, counted until the last copy of the pointer goes;
  // models that no request uses are set aside for it, unless all stay. Null where that is not
  // enough.
  [[nodiscard]] std::shared_ptr<const void> room(int64_t bytes);

  // All names, in order.
  [[nodiscard]] std::vector<ModelEntry> list() const;
  [[nodiscard]] std::optional<ModelEntry> describe(std::string_view name) const;
  [[nodiscard]] int count_in_memory() const;
  // Bytes that models hold or are about to.
  [[nodiscard]] int64_t memory_used() const { return ledger_.used(); }

 private:
  // When a model was last used: milliseconds of a clock that need not be asked exactly.
  struct LastUse {
    std::atomic<int64_t> time = 0;
    void touch();
  };
  struct Place {
    LedgerEntry entry;
    std::shared_ptr<LastUse> use;
  };
  using Table = std::map<std::string, Place, std::less<>>;
  using TablePtr = std::shared_ptr<const Table>;
  // Threads spread over the slots, so that two rarely share one.
  struct alignas(64) Slot {
    mutable std::mutex mutex;
    TablePtr table;
  };
  struct Registration {
    std::string path;
    std::string root;
    std::optional<SourceStamp> loaded;
    std::optional<SourceStamp> seen;     // by reload_if_changed()
    std::optional<SourceStamp> refused;  // by reload()
  };
  using Lock = std::unique_lock<std::mutex>;
  class Busy;  // a name that is being loaded or unloaded, by one thread at a time

  struct Loaded {
    LedgerEntry entry;
    std::optional<SourceStamp> stamp;  // from before it was loaded
  };
  using Loader = std::function<std::shared_ptr<const ServedModel>(const ModelSource& source)>;

  [[nodiscard]] Slot& slot() const;
  [[nodiscard]] std::optional<Loaded> bring(const std::string& path, const std::string& root,
                                            const Loader& load, Lock& lock);
  [[nodiscard]] std::optional<MemoryLedger::Reservation> reserve(int64_t bytes);
  bool set_aside(int64_t bytes);
  [[nodiscard]] std::optional<Loaded> bring_back(std::string_view name, const Registration& files,
                                                 Lock& lock);
  [[nodiscard]] std::optional<Loaded> bring_newer(Registration& files, const SourceStamp& stamp,
                                                  Lock& lock);
  void place(const std::string& name, Registration& files, Loaded loaded);
  [[nodiscard]] TablePtr with(const std::string& name, LedgerEntry entry) const;
  [[nodiscard]] TablePtr without(std::string_view name) const;
  void publish(TablePtr table) noexcept;

  MemoryLedger ledger_;
  const WhenFull when_full_;
  mutable std::array<Slot, 16> slots_;
  std::mutex reserving_;  // while room is made; before mutex_
  // Over all that follows. Held for moments: event loops ask what is in memory.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string, std::less<>> busy_;
  std::map<std::string, Registration, std::less<>> registered_;
  TablePtr table_ = std::make_shared<const Table>();
};

}  // namespace wordfire::serve
