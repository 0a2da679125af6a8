// hyperparameters.json: a training job in BlazingText's words, with parameters of our own in the
// same manner. Those that are options come from core/option_table.h; what a container alone knows
// stands in container_parameters().
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/option_table.h"
#include "sagemaker/config_file.h"

namespace wordfire {

// A parameter that is no option of training.
struct ContainerParameter {
  std::string_view name;
  bool is_switch;                            // takes True or False
  std::span<const std::string_view> values;  // that it takes; empty: any text
  std::string_view default_value;            // empty: none
  ModeSet modes;
  std::string_view sentence;
};
[[nodiscard]] std::span<const ContainerParameter> container_parameters();

// "supervised", "skipgram", "cbow", "batch_skipgram".
[[nodiscard]] std::string_view mode_name(TrainingMode mode);

struct Hyperparameters {
  TrainingMode mode = TrainingMode::kSupervised;
  // Of the table; without paths, and not checked against each other.
  Options options;
  bool evaluation = false;  // word vectors: measure them at the end
  std::vector<std::string> label_columns;
  std::vector<std::string> text_columns;
  std::vector<std::string> notes;  // on what was given and has no effect, a sentence each
};

// All clients write values in their own way: blanks around them and one pair of JSON quotes go,
// booleans are true, false, 1 or 0 in any case, integers may be written 5.0 or 1e6, None and null
// mean not given. Names that begin with "_" or "sagemaker_" are the platform's, and passed over.
// Throws Error (usage): `hyperparameter "vector_dim": got "0", want an integer of at least 1`; a
// name that is not known, with the nearest that is; no mode. Error (data) for a value that is an
// object or a list.
[[nodiscard]] Hyperparameters parse_hyperparameters(const ConfigFile& file);

}  // namespace wordfire
