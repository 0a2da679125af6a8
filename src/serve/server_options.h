// The settings of a server, and their one table: flags of `wordfire serve`, variables of the
// program `serve` in a container, defaults, ranges, checks, help and the section of README come
// from its rows.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "serve/http_server.h"

namespace wordfire::serve {

struct ServerOptions {
  std::string address = "127.0.0.1";
  int32_t port = 8080;
  int32_t thread = 0;  // 0: as many as the process may use
  std::string accept;  // of requests that name none

  int32_t model_memory_mb = 0;  // 0: default_model_memory()

  int32_t payload_mb = 100;
  int32_t bodies_mb = 0;  // 0: a quarter of usable_memory(), which models leave
  int32_t header_kb = 16;
  int32_t connections = 4096;
  int32_t queue = 4096;
  int32_t queue_ms = 1000;

  int32_t header_seconds = 10;
  int32_t body_seconds = 60;
  int32_t idle_seconds = 75;
  int32_t handler_seconds = 60;
  int32_t write_seconds = 60;
  int32_t drain_seconds = 24;
};

using ServerField = std::variant<int32_t ServerOptions::*, std::string ServerOptions::*>;

struct ServerOptionRow {
  ServerField field;
  std::string_view flag;      // without dash
  std::string_view variable;  // of the environment, for containers
  int32_t low = 0;            // of numbers
  int32_t high = 0;
  std::string_view sentence;
  bool (*allows)(std::string_view text) = nullptr;  // of texts; null: all
  std::string_view values = "text";                 // that are allowed
};

// All rows, in the order of --help.
[[nodiscard]] std::span<const ServerOptionRow> server_option_table();

// Sets a row's field from text. Throws Error (usage): `option -port: got "x", want an integer from
// 0 to 65535`, where `where` stands for "option -port".
void set_server_option(ServerOptions& options, const ServerOptionRow& row, std::string_view text,
                       const std::string& where);
// "8080"; empty for a text that is not set.
[[nodiscard]] std::string server_option_value(const ServerOptions& options,
                                              const ServerOptionRow& row);
// The options as variables set them; a variable that is empty counts as absent. variable(name): its
// value, null if there is none. Throws Error (usage) naming the variable.
[[nodiscard]] ServerOptions server_options_of(
    ServerOptions defaults, const std::function<const char*(const std::string&)>& variable);
// What a row's sentence leaves open: its default.
[[nodiscard]] std::string server_option_help(const ServerOptionRow& row);
// The table in README.md: flag, variable, default, values, meaning.
[[nodiscard]] std::string server_options_markdown();

[[nodiscard]] ServerSettings settings_of(const ServerOptions& options);
// Bytes that models may take together.
[[nodiscard]] int64_t model_memory_of(const ServerOptions& options);

}  // namespace wordfire::serve
