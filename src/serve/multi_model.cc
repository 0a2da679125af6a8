#include "serve/multi_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/strict_number.h"
#include "io/json_fault.h"
#include "io/row_fault.h"
#include "serve/json_reader.h"
#include "serve/json_text.h"
#include "serve/model_name.h"

namespace wordfire::serve {
namespace {

constexpr size_t kMostListed = 100;
constexpr std::string_view kWanted = R"({"model_name": "...", "url": "..."})";

// Paths may hold bytes that are not UTF-8; JSON may not. Written by hand: the JSON library ends the
// process where memory runs out.
std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

Answer json_answer(int status, std::string body) {
  return {status, "application/json", std::move(body)};
}

Answer json_status(std::string_view text) {
  return json_answer(200, fmt::format(R"({{"status":{}}})", json_string(text)));
}

Answer json_refusal(int status, std::string_view type, std::string_view message) {
  return json_answer(status, fmt::format(R"({{"code":{},"type":"{}","message":{}}})", status, type,
                                         json_string(message)));
}

Answer bad_request(std::string_view message) {
  return json_refusal(400, "BadRequestException", message);
}

Answer no_such_model(std::string_view part) {
  const auto name = decode_model_name(part);
  return json_refusal(404, "ModelNotFoundException",
                      name ? fmt::format("model {} is not loaded", *name)
                           : "the path names no model, want 1 to 128 of A-Z a-z 0-9 . _ -");
}

Answer no_room(const std::string& name) {
  return json_refusal(507, "InsufficientStorageException",
                      fmt::format("no room for model {}; unload others", name));
}

void write_log(const ModelLog& log, std::string_view line) {
  if (log) log(line);
}

// What a person should know of a model that requests find from now on. No request fails for want of
// memory for that.
void log_model(const ModelLog& log, const std::string& name, const ServedModel& model,
               std::string_view event) {
  try {
    for (const std::string& warning : model.warnings()) {
      write_log(log, fmt::format("warning: model {}: {}", name, warning));
    }
    write_log(log,
              fmt::format("model {}: {}, {}", name,
                          model.is_classifier() ? "a text classifier" : "word vectors", event));
  } catch (const std::bad_alloc&) {
  }
}

std::string entry_json(const ModelEntry& entry) {
  return fmt::format(R"({{"modelName":{},"modelUrl":{}}})", json_string(entry.name),
                     json_string(entry.path));
}

// The value of two hexadecimal digits, or -1.
int hex_value(std::string_view digits) {
  int value = -1;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return digits.size() == 2 && result.ptr == digits.data() + 2 ? value : -1;
}

struct LoadRequest {
  std::string name;
  std::string url;
};

std::string string_of(const simdjson::dom::object& members, std::string_view key) {
  simdjson::dom::element value;
  if (members.at_key(key).get(value) != simdjson::SUCCESS) {
    throw Error::usage(fmt::format("found no \"{}\", want {}", key, kWanted));
  }
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) {
    throw Error::usage(fmt::format("{} is {}, want {}", key, shown(value), kWanted));
  }
  return std::string(text);
}

// Other keys do not matter.
LoadRequest parse_load(std::string_view body) {
  JsonReader reader;
  const simdjson::dom::element root = reader.read(body);
  simdjson::dom::object members;
  if (root.get_object().get(members) != simdjson::SUCCESS) {
    throw Error::usage(fmt::format("found {}, want {}", kind_of(root), kWanted));
  }
  LoadRequest request{string_of(members, "model_name"), string_of(members, "url")};
  if (!is_model_name(request.name)) {
    throw Error::usage(
        fmt::format("model_name is {}, want 1 to 128 of A-Z a-z 0-9 . _ -", excerpt(request.name)));
  }
  if (request.url.find('\0') != std::string::npos) throw Error::usage("url: found a NUL");
  return request;
}

Answer load(ModelStore& store, const std::string& root, const LoadRequest& request,
            const ModelLog& log) {
  // Made first: what was loaded is not to be told as refused for want of memory.
  Answer loaded = json_status(fmt::format("model {} loaded", request.name));
  const std::string event = "loaded from " + request.url;
  switch (store.load(request.name, request.url, root)) {
    case LoadResult::kLoaded:
      break;
    case LoadResult::kAlreadyThere:
      return json_refusal(409, "ConflictManagementException",
                          fmt::format("model {} is loaded already", request.name));
    case LoadResult::kNoRoom:
      write_log(log, fmt::format("warning: model {}: no room for it", request.name));
      return no_room(request.name);
  }
  const auto model = store.find(request.name);  // unless it is gone again
  if (model) log_model(log, request.name, *model, event);
  return loaded;
}

Answer for_the_moment(std::string_view message) {
  return json_refusal(503, "ServiceUnavailableException", message);
}

Answer answer_error(const Error& error) {
  if (error.fault() == SystemFault::kIo) return for_the_moment(error.what());
  if (error.fault() == SystemFault::kNoInput) {
    return json_refusal(404, "ModelNotFoundException", error.what());
  }
  if (error.kind() == ErrorKind::kModel) {
    return json_refusal(400, "InvalidModelException", error.what());
  }
  if (error.kind() == ErrorKind::kUsage) return bad_request(error.what());
  return json_refusal(500, "InternalServerException", error.what());
}

// Loads what was set aside; null where there is no such name.
std::shared_ptr<const ServedModel> bring_back(ModelStore& store, const std::string& name,
                                              const ModelLog& log) {
  auto model = store.find_or_load(name);
  if (model) log_model(log, name, *model, "loaded again");
  return model;
}

// Whoever asks a model need not know where its files lie.
Answer answer_lost(const ModelStore& store, const std::string& name, const Error& error) {
  if (!store.describe(name)) {  // forgotten
    return json_refusal(404, "ModelNotFoundException",
                        fmt::format("model {} is gone, its files are not there; load it", name));
  }
  if (error.fault() == SystemFault::kIo) {
    return for_the_moment(fmt::format("model {} cannot be read now; try again", name));
  }
  return json_refusal(500, "InternalServerException",
                      fmt::format("model {} cannot be loaded again; see the server's log", name));
}

struct Page {
  size_t first = 0;
  size_t count = kMostListed;
};

size_t page_number(std::string_view key, std::string_view value, size_t low, size_t high,
                   std::string_view wanted) {
  const auto number = parse_number<size_t>(value);
  if (number && *number >= low && *number <= high) return *number;
  throw Error::usage(fmt::format("{} is {}, want {}", key, excerpt(value), wanted));
}

// Throws Error (usage) for a query that is wrong.
Page parse_page(std::string_view query) {
  Page page;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    const size_t equals = std::min(part.find('='), part.size());
    const std::string_view value = part.substr(std::min(equals + 1, part.size()));
    if (value.empty()) continue;  // a token that was given without one means the beginning
    const std::string_view key = part.substr(0, equals);
    constexpr size_t kAny = std::numeric_limits<size_t>::max();
    if (key == "limit") page.count = page_number(key, value, 1, kMostListed, "1 to 100");
    if (key == "next_page_token")
      page.first = page_number(key, value, 0, kAny, "one that was given");
  }
  return page;
}

Answer list_models(const ModelStore& store, const Page& page) {
  const std::vector<ModelEntry> entries = store.list();
  const size_t first = std::min(page.first, entries.size());
  const size_t end = std::min(first + page.count, entries.size());
  std::string json = R"({"models":[)";
  for (size_t i = first; i < end; ++i) {
    if (i > first) json += ',';
    json += entry_json(entries[i]);
  }
  json += ']';
  if (end < entries.size()) json += fmt::format(R"(,"nextPageToken":"{}")", end);
  json += '}';
  return json_answer(200, std::move(json));
}

}  // namespace

std::optional<std::string> decode_model_name(std::string_view part) {
  std::string name;
  for (size_t i = 0; i < part.size(); ++i) {
    if (part[i] != '%') {
      name.push_back(part[i]);
      continue;
    }
    const int value = hex_value(part.substr(i + 1, 2));
    if (value < 0) return std::nullopt;
    name.push_back(static_cast<char>(value));
    i += 2;
  }
  if (!is_model_name(name)) return std::nullopt;
  return name;
}

Answer answer_load(ModelStore& store, const std::string& root, std::string_view body,
                   const ModelLog& log) {
  try {
    return load(store, root, parse_load(body), log);
  } catch (const Error& error) {
    write_log(log, fmt::format("warning: no model loaded: {}", error.what()));
    return answer_error(error);
  }
}

Answer answer_list(const ModelStore& store, std::string_view query) {
  try {
    return list_models(store, parse_page(query));
  } catch (const Error& error) {
    return bad_request(error.what());
  }
}

Answer answer_describe(const ModelStore& store, std::string_view part) {
  const auto name = decode_model_name(part);
  const auto entry = name ? store.describe(*name) : std::nullopt;
  return entry ? json_answer(200, entry_json(*entry)) : no_such_model(part);
}

Answer answer_unload(ModelStore& store, std::string_view part, const ModelLog& log) {
  const auto name = decode_model_name(part);
  if (!name) return no_such_model(part);
  Answer unloaded = json_status(fmt::format("model {} unloaded", *name));
  const std::string line = fmt::format("model {}: unloaded", *name);
  if (!store.unload(*name)) return no_such_model(part);
  write_log(log, line);
  return unloaded;
}

Answer answer_invoke(ModelStore& store, std::string_view part, const AskModel& ask,
                     const ModelLog& log) {
  const auto name = decode_model_name(part);
  if (!name) return no_such_model(part);
  auto model = store.find(*name);
  try {
    if (!model) model = bring_back(store, *name, log);
  } catch (const std::bad_alloc&) {
    write_log(log, fmt::format("warning: model {}: no room to load it again", *name));
    return no_room(*name);
  } catch (const Error& error) {
    write_log(log, fmt::format("warning: model {}: {}", *name, error.what()));
    return answer_lost(store, *name, error);
  }
  return model ? ask(*model) : no_such_model(part);
}

}  // namespace wordfire::serve
