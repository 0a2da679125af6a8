// The settings of a training run. Every field is one row of core/option_table.cc, which gives its
// flag, default, range and meaning.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/device_wish.h"

namespace wordfire {

// Values as fastText stores them in model files.
enum class ModelKind : int32_t { kCbow = 1, kSkipgram = 2, kSupervised = 3 };
enum class LossKind : int32_t {
  kHierarchicalSoftmax = 1,
  kNegativeSampling = 2,
  kSoftmax = 3,
  kOneVsAll = 4
};

// How the bytes of the input become lines of training text.
enum class InputFormat : uint8_t {
  kAuto,               // told by the first bytes
  kText,               // they are these lines
  kJsonLines,          // an object a line: "source" is the text, "label" the label or labels
  kRecordIo,           // records that hold text, a line or more each
  kRecordIoProtobuf,   // records that hold an aialgs.data.Record each
  kAugmentedManifest,  // records that hold a text, a label, a text, a label, ...
};

// The twelve integers and one double at the head of a model file, in file order.
struct ModelArgs {
  int32_t dim = 100;
  int32_t ws = 5;
  int32_t epoch = 5;
  int32_t min_count = 1;
  int32_t neg = 5;
  int32_t word_ngrams = 1;
  LossKind loss = LossKind::kSoftmax;
  ModelKind model = ModelKind::kSupervised;
  int32_t bucket = 2000000;
  int32_t minn = 0;
  int32_t maxn = 0;
  int32_t lr_update_rate = 100;
  double t = 1e-4;

  friend bool operator==(const ModelArgs&, const ModelArgs&) = default;
};

// A path that begins so stands for FIFOs, one for each pass over the text (io/pipe_path.h).
inline constexpr std::string_view kPipeScheme = "pipe:";

struct Options {
  ModelArgs args;

  std::vector<std::string> input;  // files, directories, "-", or "pipe:PREFIX"
  InputFormat input_format = InputFormat::kAuto;
  std::string output;  // prefix of OUTPUT.bin, OUTPUT.vec, OUTPUT.manifest.json
  std::string label = "__label__";
  int32_t min_count_label = 0;
  double lr = 0.1;
  int32_t thread = 0;  // 0: as many as the process may use
  DeviceWish device;
  int32_t seed = 0;
  int32_t verbose = 2;
  bool deterministic = false;
  double ns_exponent = 0.5;  // negatives are drawn in proportion to count^ns_exponent
  int32_t batch_size = 0;    // batch-skipgram: most context words that share negatives
  bool exact = false;        // word vectors: pair by pair, as fastText
  bool save_output = false;

  std::vector<std::string> validation;
  InputFormat validation_format = InputFormat::kAuto;
  bool early_stopping = false;
  int32_t patience = 4;
  int32_t min_epochs = 5;
  bool train_score = false;  // score the training text at the end, too

  std::string checkpoint_dir;       // folder of checkpoints; empty: none are written
  int32_t checkpoint_minutes = 10;  // within an epoch; 0: at the ends of epochs alone
  bool resume = false;              // go on from the newest checkpoint
  std::string tensorboard;          // folder of learning curves; empty: none are written

  // Several machines:
  bool sharded = false;             // each rank's input is its own part of the text
  bool sharded_validation = false;  // likewise
  bool half_traffic = false;        // what ranks send each other is rounded to 16 bits

  int64_t memory_mb = 0;    // budget for the encoded corpus; 0: half of what the process may use
  int64_t scratch_mb = 0;   // of scratch space for it; 0: half of what is free there
  std::string scratch_dir;  // where what does not fit goes; empty: the folder of `output`
  std::string pretrained_vectors;  // file whose vectors training begins with; empty: none
  std::string prepare;  // recipe that made the input; empty: prepare.json beside the input, if any
  bool check = false;   // report what was read, then stop
};

}  // namespace wordfire
