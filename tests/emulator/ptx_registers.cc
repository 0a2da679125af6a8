#include "emulator/ptx_registers.h"

#include <algorithm>
#include <map>

namespace wordfire::emulator {
namespace {

// Registers, a bit each.
class RegisterSet {
 public:
  explicit RegisterSet(std::size_t registers) : words_((registers + 63) / 64) {}
  void add(std::uint32_t number) { words_[number / 64] |= std::uint64_t{1} << number % 64; }
  void remove(std::uint32_t number) { words_[number / 64] &= ~(std::uint64_t{1} << number % 64); }
  // Whether that changed anything.
  bool add_all(const RegisterSet& others) {
    bool changed = false;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::uint64_t both = words_[i] | others.words_[i];
      changed |= both != words_[i];
      words_[i] = both;
    }
    return changed;
  }
  template <class Visit>
  void each(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        visit(static_cast<std::uint32_t>(64 * i + static_cast<unsigned>(__builtin_ctzll(rest))));
      }
    }
  }

 private:
  std::vector<std::uint64_t> words_;
};

// Instructions [begin, end), of which only the last may go elsewhere.
struct Run {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::size_t> next;      // runs
  std::vector<std::uint32_t> needed;  // read before they are written
  std::vector<std::uint32_t> written;
};

class Liveness {
 public:
  Liveness(const std::vector<Instruction>& instructions, const std::vector<RegisterUse>& uses,
           std::size_t registers)
      : instructions_(instructions), uses_(uses), registers_(registers) {
    split();
    for (Run& run : runs_) summarise(run);
    propagate();
  }

  // The times from which and until which each register is needed; instruction i reads at 2 i and
  // writes at 2 i + 1. {1, 0}: never.
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> spans() const {
    std::vector<std::pair<std::size_t, std::size_t>> spans(registers_, {~std::size_t{0}, 0});
    const auto extend = [&](std::uint32_t number, std::size_t time) {
      spans[number] = {std::min(spans[number].first, time), std::max(spans[number].second, time)};
    };
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      for (const std::uint32_t number : uses_[i].reads) extend(number, 2 * i);
      for (const std::uint32_t number : uses_[i].writes) extend(number, 2 * i + 1);
    }
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      live_in_[r].each([&](std::uint32_t number) { extend(number, 2 * runs_[r].begin); });
      for (const std::size_t next : runs_[r].next) {
        live_in_[next].each([&](std::uint32_t number) { extend(number, 2 * runs_[r].end); });
      }
    }
    return spans;
  }

 private:
  [[nodiscard]] bool ends_run(std::size_t i) const {
    return instructions_[i].work == Work::kBranch || instructions_[i].work == Work::kExit;
  }
  void split() {
    std::vector<bool> begins(instructions_.size() + 1);
    begins[0] = true;
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      if (ends_run(i)) begins[i + 1] = true;
      if (instructions_[i].work == Work::kBranch) begins[instructions_[i].target] = true;
    }
    run_at_.resize(instructions_.size() + 1);
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      if (begins[i]) runs_.push_back({i, i, {}, {}, {}});
      run_at_[i] = runs_.size() - 1;
      runs_.back().end = i + 1;
    }
    for (Run& run : runs_) {
      const Instruction& last = instructions_[run.end - 1];
      if (last.work == Work::kBranch) run.next.push_back(run_at_[last.target]);
      const bool goes_on = !ends_run(run.end - 1) || last.guarded;
      if (goes_on && run.end < instructions_.size()) run.next.push_back(run_at_[run.end]);
    }
  }
  void summarise(Run& run) {
    RegisterSet needed(registers_);
    RegisterSet written(registers_);
    for (std::size_t i = run.end; i-- > run.begin;) {
      for (const std::uint32_t number : uses_[i].writes) {
        needed.remove(number);
        written.add(number);
      }
      for (const std::uint32_t number : uses_[i].reads) needed.add(number);
    }
    needed.each([&](std::uint32_t number) { run.needed.push_back(number); });
    written.each([&](std::uint32_t number) { run.written.push_back(number); });
  }
  void propagate() {
    live_in_.assign(runs_.size(), RegisterSet(registers_));
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t r = runs_.size(); r-- > 0;) {
        RegisterSet live(registers_);
        for (const std::size_t next : runs_[r].next) live.add_all(live_in_[next]);
        for (const std::uint32_t number : runs_[r].written) live.remove(number);
        for (const std::uint32_t number : runs_[r].needed) live.add(number);
        changed |= live_in_[r].add_all(live);
      }
    }
  }

  const std::vector<Instruction>& instructions_;
  const std::vector<RegisterUse>& uses_;
  std::size_t registers_;
  std::vector<Run> runs_;
  std::vector<std::size_t> run_at_;
  std::vector<RegisterSet> live_in_;
};

// Rows of registers of one size, in the order of their beginnings.
class RowPool {
 public:
  // A row that is free at `begin`; taken until `end`.
  std::uint32_t take(std::size_t begin, std::size_t end) {
    const auto free =
        std::find_if(ends_.begin(), ends_.end(), [&](std::size_t at) { return at < begin; });
    const auto row = static_cast<std::uint32_t>(free - ends_.begin());
    if (free == ends_.end()) ends_.push_back(end);
    ends_[row] = end;
    return row;
  }
  [[nodiscard]] std::size_t rows() const { return ends_.size(); }

 private:
  std::vector<std::size_t> ends_;
};

}  // namespace

RegisterRows assign_rows(const std::vector<Instruction>& instructions,
                         const std::vector<RegisterUse>& uses,
                         const std::vector<std::uint8_t>& register_bytes,
                         const std::vector<std::uint32_t>& always) {
  std::vector<std::pair<std::size_t, std::size_t>> spans =
      Liveness(instructions, uses, register_bytes.size()).spans();
  for (const std::uint32_t number : always) spans[number] = {0, ~std::size_t{0}};
  std::vector<std::uint32_t> order(register_bytes.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return spans[a].first < spans[b].first; });
  std::map<std::uint8_t, RowPool, std::greater<>> pools;  // wide rows first: all stay aligned
  std::vector<std::uint32_t> rows(order.size());
  for (const std::uint32_t number : order) {
    if (spans[number].first > spans[number].second) continue;  // nobody uses it
    rows[number] = pools[register_bytes[number]].take(spans[number].first, spans[number].second);
  }
  RegisterRows result;
  std::map<std::uint8_t, std::size_t> begins;
  for (const auto& [bytes, pool] : pools) {
    begins[bytes] = result.bytes;
    result.bytes += pool.rows() * (bytes == 0 ? 4 : bytes * kLanesOfWarp);
  }
  result.bytes = (result.bytes + 63) / 64 * 64;
  result.offsets.resize(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t row_bytes = register_bytes[i] == 0 ? 4 : register_bytes[i] * kLanesOfWarp;
    result.offsets[i] = static_cast<std::uint32_t>(begins[register_bytes[i]] + rows[i] * row_bytes);
  }
  return result;
}

}  // namespace wordfire::emulator
