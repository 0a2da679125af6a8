#include "serve/media_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/ascii_text.h"
#include "core/strict_number.h"
#include "serve/refused.h"

namespace wordfire::serve {
namespace {

struct NamedFormat {
  std::string_view name;
  Format format;
};

// The first name of a format is the one that answers have.
constexpr NamedFormat kFormats[] = {
    {"application/json", Format::kJson},
    {"application/jsonlines", Format::kJsonLines},
    {"application/x-jsonlines", Format::kJsonLines},
    {"application/x-ndjson", Format::kJsonLines},
    {"text/plain", Format::kText},
    {"text/csv", Format::kCsv},
};

std::string_view name_of(Format format) {
  return std::ranges::find(kFormats, format, &NamedFormat::format)->name;
}

bool is_blazingtext(Format format) {
  return format == Format::kJson || format == Format::kJsonLines;
}

// Cuts off the part of `rest` before the next `separator` outside of quotes.
std::string_view take_part(std::string_view& rest, char separator) {
  bool quoted = false;
  size_t end = 0;
  for (; end < rest.size(); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (rest[end] == separator && !quoted) break;
  }
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), end + 1));
  return trimmed(part);
}

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

// One entry of Accept: how much it is wanted, from 0 to 1.
double quality_of(const MediaType& range) {
  const auto text = range.parameter("q");
  const auto quality = text ? parse_real(*text) : std::nullopt;
  return quality ? std::clamp(*quality, 0.0, 1.0) : 1.0;
}

bool matches(std::string_view range, std::string_view name) {
  if (range == "*/*" || range == name) return true;
  return range.ends_with("/*") && name.starts_with(range.substr(0, range.size() - 1));
}

struct Wish {
  double quality = 0;
  bool header = false;  // "header=present" of CSV (RFC 4180)
};

bool wants_header(const MediaType& type) { return type.parameter("header") == "present"; }

std::vector<MediaType> ranges_of(std::string_view accept) {
  std::vector<MediaType> ranges;
  while (!accept.empty()) {
    const std::string_view part = take_part(accept, ',');
    if (!part.empty()) ranges.push_back(parse_media_type(part));
  }
  return ranges;
}

// How much the type `name` is wanted: the most specific entry decides.
Wish wish_for(std::string_view name, const std::vector<MediaType>& ranges) {
  Wish wish;
  size_t stars = 3;
  for (const MediaType& range : ranges) {
    const auto wild = static_cast<size_t>(std::ranges::count(range.name, '*'));
    if (!matches(range.name, name) || wild >= stars) continue;
    stars = wild;
    wish = {quality_of(range), wants_header(range)};
  }
  return wish;
}

bool leaves_all_open(const std::vector<MediaType>& ranges) {
  return std::ranges::all_of(ranges, [](const MediaType& range) { return range.name == "*/*"; });
}

[[noreturn]] void refuse_content_type(const std::string& name) {
  throw Refused(415,
                fmt::format("content-type {} not supported; want application/json, "
                            "application/jsonlines, text/plain or text/csv (SageMaker Python SDK: "
                            "serializer=JSONSerializer(), deserializer=JSONDeserializer(); curl: "
                            "-H 'Content-Type: application/json')",
                            name.empty() ? "(none)" : name));
}

[[noreturn]] void refuse_accept(std::string_view accept) {
  throw Refused(406, fmt::format("accept {} not supported; want application/json, "
                                 "application/jsonlines, text/plain, text/csv or */* (SageMaker "
                                 "Python SDK: deserializer=JSONDeserializer())",
                                 accept));
}

// Whether an answer may have another format than the request: BlazingText knows no CSV, so that
// only who names it wants it.
bool may_become(Format answer, Format request, const std::vector<MediaType>& ranges) {
  if (!is_blazingtext(request)) return true;
  return answer == Format::kCsv &&
         std::ranges::find(ranges, name_of(answer), &MediaType::name) != ranges.end();
}

// Puts the format that Accept wants most into `exchange`; false if it wants none of ours.
bool choose_answer(std::string_view accept, Exchange& exchange) {
  const std::vector<MediaType> ranges = ranges_of(accept);
  Wish best = leaves_all_open(ranges) ? Wish{1, false} : wish_for(exchange.answer_type, ranges);
  for (const NamedFormat& each : kFormats) {
    if (!may_become(each.format, exchange.request, ranges)) continue;
    const Wish wish = wish_for(each.name, ranges);
    if (wish.quality <= best.quality) continue;
    best = wish;
    exchange.answer = each.format;
    exchange.answer_type = name_of(each.format);
  }
  exchange.names_columns = best.header && exchange.answer == Format::kCsv;
  return best.quality > 0 || is_blazingtext(exchange.request);
}

}  // namespace

std::optional<std::string_view> MediaType::parameter(std::string_view wanted) const {
  const auto found =
      std::ranges::find(parameters, wanted, &std::pair<std::string, std::string>::first);
  return found == parameters.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

MediaType parse_media_type(std::string_view header) {
  MediaType type{lower_ascii(std::string(take_part(header, ';'))), {}};
  while (!header.empty()) {
    const std::string_view part = take_part(header, ';');
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    type.parameters.emplace_back(lower_ascii(std::string(trimmed(part.substr(0, equals)))),
                                 without_quotes(trimmed(part.substr(equals + 1))));
  }
  return type;
}

std::optional<Format> format_of(std::string_view name) {
  const auto* const found = std::ranges::find(kFormats, name, &NamedFormat::name);
  return found == std::end(kFormats) ? std::nullopt : std::optional(found->format);
}

bool is_written(std::string_view accept) {
  const std::vector<MediaType> ranges = ranges_of(accept);
  const auto is_ours = [](const MediaType& range) {
    return std::ranges::any_of(
        kFormats, [&](const NamedFormat& each) { return matches(range.name, each.name); });
  };
  return !ranges.empty() && std::ranges::all_of(ranges, is_ours);
}

Exchange negotiate(std::string_view content_type, std::string_view accept,
                   std::string_view default_accept) {
  Exchange exchange;
  exchange.type = parse_media_type(content_type);
  const std::optional<Format> format = format_of(exchange.type.name);
  if (!format) refuse_content_type(exchange.type.name);
  exchange.request = exchange.answer = *format;
  exchange.answer_type = exchange.type.name;
  const bool open = leaves_all_open(ranges_of(accept));
  if (!choose_answer(open ? default_accept : accept, exchange) && !open) refuse_accept(accept);
  return exchange;
}

}  // namespace wordfire::serve
