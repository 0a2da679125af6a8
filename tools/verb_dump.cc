// dump: the parts of a model as text, as fastText prints them; rows of compressed matrices, which
// fastText refuses, are printed decoded.
#include <fmt/format.h>

#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/option_value.h"
#include "exit_code.h"
#include "open_model.h"
#include "standard_streams.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {
namespace {

// Output is handed on whenever it has grown to this.
constexpr size_t kPieceBytes = size_t{1} << 20;

void write_if_large(std::string& out) {
  if (out.size() < kPieceBytes) return;
  write_stdout(out);
  out.clear();
}

std::string_view model_name(ModelKind kind) {
  switch (kind) {
    case ModelKind::kCbow:
      return "cbow";
    case ModelKind::kSkipgram:
      return "sg";
    case ModelKind::kSupervised:
      return "sup";
  }
  return "unknown";
}

void dump_args(const Model& model) {
  const ModelArgs& args = model.args;
  std::string out;
  const auto line = [&](std::string_view name, const auto& value) {
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
  };
  line("dim", args.dim);
  line("ws", args.ws);
  line("epoch", args.epoch);
  line("minCount", args.min_count);
  line("neg", args.neg);
  line("wordNgrams", args.word_ngrams);
  line("loss", loss_name(args.loss));
  line("model", model_name(args.model));
  line("bucket", args.bucket);
  line("minn", args.minn);
  line("maxn", args.maxn);
  line("lrUpdateRate", args.lr_update_rate);
  line("t", fmt::format("{:.6g}", args.t));
  write_stdout(out);
}

void dump_dictionary(const Model& model) {
  const Dictionary& dictionary = model.dictionary;
  std::string out = fmt::format("{}\n", dictionary.size());
  for (int32_t id = 0; id < dictionary.size(); ++id) {
    fmt::format_to(std::back_inserter(out), "{} {} {}\n", dictionary.text(id), dictionary.count(id),
                   dictionary.type(id) == EntryType::kLabel ? "label" : "word");
    write_if_large(out);
  }
  write_stdout(out);
}

void read_row(const Matrix& matrix, int64_t row, std::vector<float>& values) {
  values.assign(matrix.dim(), 0.0f);
  if (matrix.quantized) {
    matrix.quantized->add_row(row, 1.0f, values.data());
  } else {
    std::memcpy(values.data(), matrix.dense.row(row), values.size() * sizeof(float));
  }
}

void dump_matrix(const Matrix& matrix) {
  std::string out = fmt::format("{} {}\n", matrix.rows(), matrix.dim());
  std::vector<float> values;
  for (int64_t row = 0; row < matrix.rows(); ++row) {
    read_row(matrix, row, values);
    fmt::format_to(std::back_inserter(out), "{:.6g}\n", fmt::join(values, " "));
    write_if_large(out);
  }
  write_stdout(out);
}

struct Part {
  std::string_view name;
  void (*dump)(const Model& model);
};
constexpr Part kParts[] = {{"args", dump_args},
                           {"dict", dump_dictionary},
                           {"input", [](const Model& model) { dump_matrix(model.input); }},
                           {"output", [](const Model& model) { dump_matrix(model.output); }}};

const Part& find_part(std::string_view name) {
  for (const Part& part : kParts) {
    if (part.name == name) return part;
  }
  throw Error::usage(
      fmt::format(R"(argument part: got "{}", want args, dict, input or output)", name));
}

}  // namespace

int run_dump(VerbArgs args) {
  std::string path;
  std::string part_name;
  VerbArguments arguments("dump", "Prints a part of a model as text.");
  arguments.required("model", path, "the model, .bin or .ftz");
  arguments.required("part", part_name, "args, dict, input or output");
  if (!arguments.parse(args)) return kExitDone;
  const Part& part = find_part(part_name);
  part.dump(*open_model(path));
  return kExitDone;
}

}  // namespace wordfire
