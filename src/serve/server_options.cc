#include "serve/server_options.h"

#include <fmt/format.h>

#include <limits>

#include "core/error.h"
#include "core/parallel.h"
#include "core/strict_number.h"
#include "core/usable_memory.h"
#include "serve/media_type.h"
#include "serve/model_store.h"

namespace wordfire::serve {

namespace {

constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
constexpr int32_t kMostSeconds = 24 * 3600;
constexpr int32_t kMostMegabytes = 1 << 20;

// A table reads by columns, which the formatter would break up.
// clang-format off
constexpr ServerOptionRow kRows[] = {
    {&ServerOptions::address, "address", "WORDFIRE_ADDRESS", 0, 0,
     "address to listen on, in digits; 0.0.0.0, the default in a container, is every one of this machine"},
    {&ServerOptions::port, "port", "SAGEMAKER_BIND_TO_PORT", 0, 65535,
     "port to listen on; 0: one that is free, which the first line tells"},
    {&ServerOptions::thread, "thread", "SAGEMAKER_MODEL_SERVER_WORKERS", 0, 1024,
     "threads that compute answers; 0: as many as the process may use"},
    {&ServerOptions::accept, "accept", "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", 0, 0,
     "format of answers to requests that name none; not given: that of the request",
     is_written, "application/json, application/jsonlines, text/plain or text/csv"},

    {&ServerOptions::model_memory_mb, "modelMemory", "WORDFIRE_MODEL_MEMORY_MB", 0, kMost,
     "MiB that models may take together, one that is being replaced included; 0: three quarters of what the process may use"},

    {&ServerOptions::payload_mb, "payload", "WORDFIRE_PAYLOAD_MB", 1, kMostMegabytes,
     "MiB that the body of a request may have; more is refused (413)"},
    {&ServerOptions::bodies_mb, "bodies", "WORDFIRE_BODIES_MB", 0, kMostMegabytes,
     "MiB that all requests, the work on them and answers on their way may take together; more is refused (503); 0: a quarter of what the process may use"},
    {&ServerOptions::header_kb, "header", "WORDFIRE_HEADER_KB", 1, 1024,
     "KiB that the headers of a request may have; more is refused (431)"},
    {&ServerOptions::connections, "connections", "WORDFIRE_CONNECTIONS", 1, 1'000'000,
     "connections open at once; one that has been silent longest makes room for another"},
    {&ServerOptions::queue, "queue", "WORDFIRE_QUEUE", 1, 1'000'000,
     "requests that may wait for a thread; more are refused (503)"},
    {&ServerOptions::queue_ms, "queueMilliseconds", "WORDFIRE_QUEUE_MILLISECONDS", 1, kMost,
     "how long they may have to wait, by the time that the last ones took; else they are refused (503)"},

    {&ServerOptions::header_seconds, "headerSeconds", "WORDFIRE_HEADER_SECONDS", 1, kMostSeconds,
     "time for a client to send the headers"},
    {&ServerOptions::body_seconds, "bodySeconds", "WORDFIRE_BODY_SECONDS", 1, kMostSeconds,
     "time for it to send the body"},
    {&ServerOptions::idle_seconds, "idleSeconds", "WORDFIRE_IDLE_SECONDS", 1, kMostSeconds,
     "time that a connection may lie idle between requests"},
    {&ServerOptions::handler_seconds, "handlerSeconds", "SAGEMAKER_MODEL_SERVER_TIMEOUT", 1, kMostSeconds,
     "time for an answer, waiting included; then the request is given up (503)"},
    {&ServerOptions::write_seconds, "writeSeconds", "WORDFIRE_WRITE_SECONDS", 1, kMostSeconds,
     "time for a client to take its answer"},
    {&ServerOptions::drain_seconds, "drainSeconds", "WORDFIRE_DRAIN_SECONDS", 1, kMostSeconds,
     "time for the last answers once the server is asked to stop, until the process has ended"},
};
// clang-format on

std::string describe_values(const ServerOptionRow& row) {
  if (std::holds_alternative<std::string ServerOptions::*>(row.field)) {
    return std::string(row.values);
  }
  if (row.high == kMost) return fmt::format("an integer of at least {}", row.low);
  return fmt::format("an integer from {} to {}", row.low, row.high);
}

[[noreturn]] void refuse_value(const ServerOptionRow& row, std::string_view text,
                               const std::string& where) {
  throw Error::usage(fmt::format(R"({}: got "{}", want {})", where, text, describe_values(row)));
}

std::chrono::seconds seconds(int32_t count) { return std::chrono::seconds(count); }

}  // namespace

std::span<const ServerOptionRow> server_option_table() { return kRows; }

void set_server_option(ServerOptions& options, const ServerOptionRow& row, std::string_view text,
                       const std::string& where) {
  if (const auto* field = std::get_if<std::string ServerOptions::*>(&row.field)) {
    const bool allowed = row.allows == nullptr || text.empty() || row.allows(text);
    if (!allowed) refuse_value(row, text, where);
    options.*(*field) = text;
    return;
  }
  const std::optional<int32_t> number = parse_number<int32_t>(text);
  if (!number || *number < row.low || *number > row.high) refuse_value(row, text, where);
  options.*std::get<int32_t ServerOptions::*>(row.field) = *number;
}

std::string server_option_value(const ServerOptions& options, const ServerOptionRow& row) {
  if (const auto* field = std::get_if<std::string ServerOptions::*>(&row.field))
    return options.*(*field);
  return std::to_string(options.*std::get<int32_t ServerOptions::*>(row.field));
}

ServerOptions server_options_of(ServerOptions defaults,
                                const std::function<const char*(const std::string&)>& variable) {
  for (const ServerOptionRow& row : kRows) {
    const char* const value = variable(std::string(row.variable));
    if (value == nullptr || *value == '\0') continue;
    set_server_option(defaults, row, value, fmt::format("variable {}", row.variable));
  }
  return defaults;
}

std::string server_option_help(const ServerOptionRow& row) {
  const std::string value = server_option_value(ServerOptions(), row);
  return value.empty() ? std::string(row.sentence) : fmt::format("{} [{}]", row.sentence, value);
}

std::string server_options_markdown() {
  std::string out = "| flag | variable | default | values | meaning |\n|---|---|---|---|---|\n";
  for (const ServerOptionRow& row : kRows) {
    const std::string value = server_option_value(ServerOptions(), row);
    out += fmt::format("| `-{}` | `{}` | {} | {} | {} |\n", row.flag, row.variable,
                       value.empty() ? value : fmt::format("`{}`", value), describe_values(row),
                       row.sentence);
  }
  return out;
}

ServerSettings settings_of(const ServerOptions& options) {
  ServerSettings settings;
  settings.address = options.address;
  settings.port = static_cast<uint16_t>(options.port);
  settings.workers = options.thread > 0 ? options.thread : available_threads();
  // Moving bytes is a small part of the work.
  settings.shards = (available_threads() + 3) / 4;
  ServerLimits& limits = settings.limits;
  limits.header_bytes = static_cast<size_t>(options.header_kb) << 10;
  limits.body_bytes = static_cast<size_t>(options.payload_mb) << 20;
  limits.bodies_bytes = static_cast<size_t>(options.bodies_mb > 0 ? int64_t{options.bodies_mb} << 20
                                                                  : usable_memory() / 4);
  limits.connections = static_cast<size_t>(options.connections);
  limits.queue = static_cast<size_t>(options.queue);
  limits.queue_wait = std::chrono::milliseconds(options.queue_ms);
  limits.header = seconds(options.header_seconds);
  limits.body = seconds(options.body_seconds);
  limits.idle = seconds(options.idle_seconds);
  limits.handler = seconds(options.handler_seconds);
  limits.write = seconds(options.write_seconds);
  limits.drain = seconds(options.drain_seconds);
  return settings;
}

int64_t model_memory_of(const ServerOptions& options) {
  if (options.model_memory_mb == 0) return default_model_memory();
  return int64_t{options.model_memory_mb} << 20;
}

}  // namespace wordfire::serve
