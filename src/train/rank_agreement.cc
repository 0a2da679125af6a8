#include "train/rank_agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>

#include "core/error.h"
#include "core/option_table.h"
#include "core/option_value.h"
#include "core/row_kernels.h"
#include "io/checksum.h"
#include "train/checkpoint_document.h"

namespace wordfire {
namespace {

using Json = nlohmann::ordered_json;

// What is compared of a text: nothing of pipes and standard input.
Json outline_of(const std::vector<std::string>& files) {
  constexpr int64_t kBytes = int64_t{64} << 10;  // at both ends
  Checksum sum;
  int64_t all = 0;
  std::vector<char> bytes(kBytes);
  for (const std::string& file : files) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) continue;
    const auto size = static_cast<int64_t>(std::filesystem::file_size(file, ignored));
    all += size;
    std::ifstream stream(file, std::ios::binary);
    for (const int64_t offset : {int64_t{0}, std::max<int64_t>(size - kBytes, 0)}) {
      stream.clear();
      stream.seekg(offset);
      stream.read(bytes.data(), kBytes);
      sum.add_values(std::span(bytes.data(), static_cast<size_t>(stream.gcount())));
    }
  }
  return {{"files", files.size()}, {"bytes", all}, {"ends", fmt::format("{:x}", sum.value())}};
}

// Options that decide on what the ranks do together, whatever their values are.
Json given_of(const Options& options) {
  return {{"-validation", !options.validation.empty()},
          {"-pretrainedVectors", !options.pretrained_vectors.empty()},
          {"-checkpointDir", !options.checkpoint_dir.empty()},
          {"-trainScore", options.train_score},
          {"-check", options.check}};
}

// How files are read that all ranks have. Shares of their own may differ.
Json formats_of(const Options& options) {
  const auto name = [](bool sharded, InputFormat format) {
    return sharded ? "" : input_format_name(format);
  };
  return {{"-inputFormat", name(options.sharded, options.input_format)},
          {"-validationFormat", name(options.sharded_validation, options.validation_format)}};
}

Json document_of(const Options& options, const std::vector<std::string>& input,
                 const std::vector<std::string>& validation) {
  const RunIdentity identity = identity_of(options, {}, 0);
  return {{"program", identity.program},
          {"mode", identity.mode},
          {"options", identity.options_json},
          {"given", given_of(options)},
          {"formats", formats_of(options)},
          {"instruction_set", options.deterministic ? identity.instruction_set : ""},
          {"training text", options.sharded ? Json() : outline_of(input)},
          {"validation text", options.sharded_validation ? Json() : outline_of(validation)},
          {"pretrained vectors", outline_of({options.pretrained_vectors})}};
}

void check_options(const Json& first, const Json& other, const std::string& who,
                   const std::string& whose) {
  for (const char* const what : {"program", "mode", "instruction_set"}) {
    if (first.at(what) == other.at(what)) continue;
    throw Error::usage(fmt::format("{}: {} is {}, {} has {}; start the same on all hosts", who,
                                   what, other.at(what).dump(), whose, first.at(what).dump()));
  }
  const auto options = differing_options(first.at("options").get<std::string>(),
                                         other.at("options").get<std::string>());
  if (options.empty()) return;
  throw Error::usage(fmt::format("option -{}: {} on {}, {} on {}; give all ranks the same",
                                 options[0].flag, options[0].now, who, options[0].then, whose));
}

void check_given(const Json& first, const Json& other, const std::string& who,
                 const std::string& whose) {
  for (const auto& [flag, given] : first.items()) {
    if (other.at(flag) == given) continue;
    throw Error::usage(fmt::format("option {}: given on {}, not on {}; give all ranks the same",
                                   flag, given.get<bool>() ? whose : who,
                                   given.get<bool>() ? who : whose));
  }
}

void check_formats(const Json& first, const Json& other, const std::string& who,
                   const std::string& whose) {
  for (const auto& [flag, format] : first.items()) {
    if (other.at(flag) == format) continue;
    throw Error::usage(fmt::format("option {}: {} on {}, {} on {}; give all ranks the same", flag,
                                   other.at(flag).dump(), who, format.dump(), whose));
  }
}

void check_files(const char* what, std::string_view differ, const Json& first, const Json& other,
                 const std::string& who, const std::string& whose, std::string_view or_else) {
  if (first.at(what) == other.at(what)) return;
  const auto describe = [&](const Json& text) {
    if (text.is_null()) return std::string("a part of its own");
    return fmt::format("{} bytes in {} files", text.at("bytes").dump(), text.at("files").dump());
  };
  const std::string found = describe(other.at(what));
  const std::string wanted = describe(first.at(what));
  throw Error::data(fmt::format("the {}: {} has {}, {} has {}{}; give all ranks the same files{}",
                                differ, who, found, whose, wanted,
                                found == wanted ? ", with other contents" : "", or_else));
}

}  // namespace

void check_ranks_agree(const Options& options, const std::vector<std::string>& input,
                       const std::vector<std::string>& validation, Communicator& ranks) {
  if (ranks.size() == 1) return;
  const auto documents = ranks.all_gather(document_of(options, input, validation).dump());
  const Json first = Json::parse(documents[0]);
  const std::string whose = name_of_rank(ranks, 0);
  for (int rank = 1; rank < ranks.size(); ++rank) {
    const Json other = Json::parse(documents[static_cast<size_t>(rank)]);
    const std::string who = name_of_rank(ranks, rank);
    check_options(first, other, who, whose);
    check_given(first.at("given"), other.at("given"), who, whose);
    check_formats(first.at("formats"), other.at("formats"), who, whose);
    check_files("training text", "training text differs", first, other, who, whose,
                ", or each a part of its own with -sharded");
    check_files("validation text", "validation text differs", first, other, who, whose,
                ", or each a part of its own with -shardedValidation");
    check_files("pretrained vectors", "pretrained vectors differ", first, other, who, whose, "");
  }
}

}  // namespace wordfire
