// The document of a checkpoint (io/CHECKPOINT.md): of what run it is, how far the run came, and
// whether another run may go on from it.
#pragma once

#include <string>
#include <vector>

#include "core/options.h"
#include "train/data_fingerprint.h"
#include "train/training_state.h"

namespace wordfire {

// What must be equal for a run to go on from another's checkpoint.
struct RunIdentity {
  std::string program;          // version
  std::string instruction_set;  // of the arithmetic
  std::string mode;
  std::string options_json;
  DataFingerprint text;
  int32_t ranks = 1;
};

// That of a run of this program on this machine.
[[nodiscard]] RunIdentity identity_of(const Options& options, const DataFingerprint& text,
                                      int32_t ranks = 1);

// An option that bears on the result and has other values in two runs.
struct OptionDifference {
  std::string flag;
  std::string then;  // as JSON
  std::string now;
};

// then, now: as options_json() gives them.
[[nodiscard]] std::vector<OptionDifference> differing_options(const std::string& then,
                                                              const std::string& now);

struct CheckpointDocument {
  RunIdentity identity;
  TrainingState state;
  BestEpoch best;
};

[[nodiscard]] std::string document_json(const CheckpointDocument& document);
// Throws Error (model) when something is missing or of another type; `where` begins the message.
[[nodiscard]] CheckpointDocument parse_document(const std::string& json, const std::string& where);

// In words, each a reason why the run `now` cannot go on from a checkpoint of the run `then`:
// "-lr was 0.1 and is 0.2", "the training text differs". Empty: it can. Options that do not bear on
// the result (threads, names of files) do not count; program, instruction set and number of ranks
// do with -deterministic alone, whose promise depends on them.
[[nodiscard]] std::vector<std::string> differences(const RunIdentity& then, const RunIdentity& now);

}  // namespace wordfire
