#include "emulator/ptx_decoder.h"

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "emulator/ptx_atomics.h"
#include "emulator/ptx_forms.h"
#include "emulator/ptx_packing.h"

namespace wordfire::emulator {
namespace {

std::vector<std::string_view> parts_of(std::string_view opcode) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t dot = opcode.find('.');
    parts.push_back(opcode.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    opcode.remove_prefix(dot + 1);
  }
}

// Reads and writes of one thread are seen in their order by all: there are no caches.
bool says_nothing_here(std::string_view part) {
  for (const std::string_view known : {"volatile", "weak", "relaxed", "cta", "gpu", "sys", "ca",
                                       "cg", "cs", "lu", "cv", "nc", "wb", "wt"}) {
    if (part == known) return true;
  }
  return false;
}

bool parse_space(std::string_view part, Space& space) {
  if (part == "global")
    space = Space::kGlobal;
  else if (part == "shared")
    space = Space::kShared;
  else if (part == "param")
    space = Space::kParameter;
  else if (part == "local")
    space = Space::kLocal;
  else
    return false;
  return true;
}

class Decoder {
 public:
  Decoder(PtxCursor& cursor, PtxOperands& operands) : cursor_(cursor), operands_(operands) {}

  DecodedInstruction decode() {
    out_.line = cursor_.peek().line;
    if (cursor_.accept("@")) guard();
    opcode_ = cursor_.next().text;
    parts_ = parts_of(opcode_);
    decode_operation();
    if (!cursor_.accept(";")) {
      cursor_.fail("unknown operands of " + std::string(opcode_) + " from \"" +
                   std::string(cursor_.peek().text) + "\" on");
    }
    done_.instruction = out_;
    done_.use = operands_.take_use();
    if (out_.guarded) {  // lanes that it leaves out keep what they had
      done_.use.reads.insert(done_.use.reads.end(), done_.use.writes.begin(),
                             done_.use.writes.end());
    }
    return std::move(done_);
  }

 private:
  void guard() {
    out_.guard_negated = cursor_.accept("!");
    out_.guard = operands_.source(cursor_, 0);
    out_.guarded = true;
  }
  [[noreturn]] void fail_unknown() const {
    cursor_.fail_at(out_.line, "unknown instruction " + std::string(opcode_));
  }
  // Whether the opcode is the name and no more.
  [[nodiscard]] bool is(std::string_view name) const { return opcode_ == name; }
  void comma() { cursor_.expect(","); }

  void decode_operation() {
    if (is("bra") || is("bra.uni")) return branch();
    if (is("ret") || is("exit")) return set(Work::kExit);
    if (parts_[0] == "ld") return load();
    if (parts_[0] == "st") return store();
    if (parts_[0] == "atom" || parts_[0] == "red") return atomic();
    if (opcode_.starts_with("shfl.sync.")) return shuffle();
    if (opcode_.starts_with("vote.sync.")) return vote();
    if (is("bar.warp.sync")) return warp_barrier();
    if (is("bar.sync") || is("barrier.sync.aligned")) return block_barrier();
    if (is("activemask.b32")) return active_mask();
    if (parts_[0] == "mov" && cursor_.peek().text == "{") return pack_or_unpack(true);
    if (parts_[0] == "mov" && cursor_.peek(2).text == "{") return pack_or_unpack(false);
    lanes();
  }
  void set(Work work) { out_.work = work; }

  void branch() {
    set(Work::kBranch);
    done_.label = std::string(cursor_.next().text);
  }
  void active_mask() {
    set(Work::kActiveMask);
    out_.to[0] = operands_.result(cursor_, 4);
  }
  void warp_barrier() {
    set(Work::kWarpBarrier);
    out_.from[0] = operands_.source(cursor_, 4);
  }
  void block_barrier() {
    set(Work::kBlockBarrier);
    out_.offset = static_cast<std::int64_t>(cursor_.number());
  }

  void lanes() {
    const LaneForm* const form = find_lane_form(std::string(opcode_));
    if (form == nullptr) fail_unknown();
    out_.lanes = form->work;
    out_.on_floats = form->on_floats;
    const bool wider = form->into_wider != nullptr;
    out_.to[0] = operands_.result(cursor_, form->to, wider);
    out_.register_bytes[0] = operands_.last_bytes();
    for (std::uint8_t i = 0; i < form->operands; ++i) {
      comma();
      out_.from[i] = operands_.source(cursor_, form->from[i], wider);
    }
    if (!wider) return;
    out_.element_bytes = operands_.last_bytes();
    const bool exact = out_.element_bytes == form->from[0] && out_.register_bytes[0] == form->to;
    if (!exact) out_.lanes = form->into_wider;
  }

  // mov.b64 {a, b}, c or mov.b64 c, {a, b}.
  void pack_or_unpack(bool unpack) {
    const PackForm form = find_pack_form(opcode_, unpack);
    if (form.work == nullptr) fail_unknown();
    out_.lanes = form.work;
    if (unpack) {
      vector(form.part_bytes, form.parts, out_.to,
             [&] { return operands_.result(cursor_, form.part_bytes); });
      comma();
      out_.from[0] = operands_.source(cursor_, form.whole_bytes);
    } else {
      out_.to[0] = operands_.result(cursor_, form.whole_bytes);
      comma();
      vector(form.part_bytes, form.parts, out_.from,
             [&] { return operands_.source(cursor_, form.part_bytes); });
    }
  }
  template <class Operand>
  void vector(std::uint8_t /*bytes*/, std::uint8_t parts, std::array<Slot, 4>& slots,
              Operand operand) {
    cursor_.expect("{");
    for (std::uint8_t i = 0; i < parts; ++i) {
      if (i > 0) comma();
      slots[i] = operand();
    }
    cursor_.expect("}");
  }

  // Space, elements and type of ld and st: what stands behind the first part.
  void access() {
    out_.elements = 1;
    for (std::size_t i = 1; i + 1 < parts_.size(); ++i) {
      if (parts_[i] == "v2")
        out_.elements = 2;
      else if (parts_[i] == "v4")
        out_.elements = 4;
      else if (!parse_space(parts_[i], out_.space) && !says_nothing_here(parts_[i]))
        fail_unknown();
    }
    const std::string_view type = parts_.back();
    out_.element_bytes = bytes_of_type(cursor_, type);
    out_.sign_extended = type[0] == 's';
    if (out_.element_bytes == 0) fail_unknown();
  }
  // One value, or as many as the vector has.
  template <class Operand>
  void values(std::array<Slot, 4>& slots, Operand operand) {
    const bool is_vector = cursor_.peek().text == "{";
    if (is_vector != (out_.elements > 1))
      cursor_.fail("the operands do not fit " + std::string(opcode_));
    if (is_vector) cursor_.expect("{");
    for (std::uint8_t i = 0; i < out_.elements; ++i) {
      if (i > 0) comma();
      slots[i] = operand();
      out_.register_bytes[i] = operands_.last_bytes();
    }
    if (is_vector) cursor_.expect("}");
  }
  void load() {
    set(Work::kLoad);
    access();
    values(out_.to, [&] { return operands_.result(cursor_, out_.element_bytes, true); });
    comma();
    operands_.address(cursor_, out_);
  }
  void store() {
    set(Work::kStore);
    access();
    if (out_.space == Space::kParameter) fail_unknown();
    operands_.address(cursor_, out_);
    comma();
    values(out_.from, [&] { return operands_.source(cursor_, out_.element_bytes, true); });
  }

  void atomic() {
    set(Work::kAtomic);
    out_.has_to = parts_[0] == "atom";
    out_.elements = 1;
    std::string operation;
    for (std::size_t i = 1; i + 1 < parts_.size(); ++i) {
      if (parts_[i] == "v2")
        out_.elements = 2;
      else if (parts_[i] == "v4")
        out_.elements = 4;
      else if (!parse_space(parts_[i], out_.space) && !says_nothing_here(parts_[i]))
        operation += parts_[i];
    }
    const AtomicForm form = find_atomic(operation, parts_.back());
    if (form.work == nullptr || (out_.has_to && out_.elements > 1)) fail_unknown();
    out_.atomic = form.work;
    out_.element_bytes = form.bytes;
    out_.flushes_global = form.flushes_global;
    if (out_.has_to) {
      out_.to[0] = operands_.result(cursor_, form.bytes);
      comma();
    }
    operands_.address(cursor_, out_);
    comma();
    values(out_.from, [&] { return operands_.source(cursor_, form.bytes); });
    if (!form.compares) return;
    comma();
    out_.from[1] = operands_.source(cursor_, form.bytes);
  }

  void shuffle() {
    set(Work::kShuffle);
    if (is("shfl.sync.idx.b32"))
      out_.shuffle = Shuffle::kIndex;
    else if (is("shfl.sync.bfly.b32"))
      out_.shuffle = Shuffle::kXor;
    else if (is("shfl.sync.up.b32"))
      out_.shuffle = Shuffle::kUp;
    else if (is("shfl.sync.down.b32"))
      out_.shuffle = Shuffle::kDown;
    else
      fail_unknown();
    out_.to[0] = operands_.result(cursor_, 4);
    out_.has_to = cursor_.accept("|");  // a predicate: whether the source lane lies in its segment
    if (out_.has_to) out_.to[1] = operands_.result(cursor_, 0);
    for (Slot& slot : out_.from) {
      comma();
      slot = operands_.source(cursor_, 4);
    }
  }
  void vote() {
    set(Work::kVote);
    const bool ballot = is("vote.sync.ballot.b32");
    if (ballot)
      out_.vote = Vote::kBallot;
    else if (is("vote.sync.any.pred"))
      out_.vote = Vote::kAny;
    else if (is("vote.sync.all.pred"))
      out_.vote = Vote::kAll;
    else if (is("vote.sync.uni.pred"))
      out_.vote = Vote::kUniform;
    else
      fail_unknown();
    out_.to[0] = operands_.result(cursor_, ballot ? 4 : 0);
    comma();
    out_.operand_negated = cursor_.accept("!");
    out_.from[0] = operands_.source(cursor_, 0);
    comma();
    out_.from[3] = operands_.source(cursor_, 4);
  }

  PtxCursor& cursor_;
  PtxOperands& operands_;
  std::string_view opcode_;
  std::vector<std::string_view> parts_;
  Instruction out_;
  DecodedInstruction done_;
};

}  // namespace

DecodedInstruction decode_instruction(PtxCursor& cursor, PtxOperands& operands) {
  return Decoder(cursor, operands).decode();
}

}  // namespace wordfire::emulator
