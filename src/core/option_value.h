// Values of options as text: reading one into its field, writing one from its field.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/option_table.h"

namespace wordfire {

// Sets the row's field from text; a list grows by one value. A switch takes "true" or "false".
// Throws Error (usage): `option -dim: got "0", want an integer of at least 1`, where `where` stands
// for "option -dim", so that other doors name the value as their users wrote it.
void set_option(Options& options, const OptionRow& row, std::string_view value,
                const std::string& where);
void set_option(Options& options, const OptionRow& row, std::string_view value);

// What a row's values are.
enum class OptionType : uint8_t { kInteger, kReal, kSwitch, kChoice, kText, kPaths };
[[nodiscard]] OptionType type_of(const OptionRow& row);

// The values that a row takes, in words: "an integer from 0 to 1024".
[[nodiscard]] std::string describe_values(const OptionRow& row);

// What stands for the value in a synopsis: "N", "X", "TEXT"; empty for a switch.
[[nodiscard]] std::string_view value_placeholder(const OptionRow& row);

// fastText's names: hs, ns, softmax, one-vs-all.
[[nodiscard]] std::string_view loss_name(LossKind loss);

// "auto", "text", "jsonlines", "recordio", "recordio-protobuf", "augmented-manifest".
[[nodiscard]] std::string_view input_format_name(InputFormat format);
[[nodiscard]] std::optional<InputFormat> find_input_format(std::string_view name);

// Every option of the run as a JSON object, flag to value, in the order of the table.
[[nodiscard]] std::string options_json(const Options& options);

// The options that are not the defaults of their mode, as arguments of the command line:
// {"-input", "a.txt", "b.txt", "-dim", "10", "-deterministic"}, in the order of the table.
[[nodiscard]] std::vector<std::string> option_arguments(const Options& options);

}  // namespace wordfire
