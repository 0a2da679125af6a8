#include "io/class_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/text_features.h"
#include "io/byte_source.h"
#include "io/row_fault.h"

namespace wordfire {
namespace {

constexpr size_t kMaxFileBytes = size_t{64} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_separator(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && trim(lines.back()).empty()) lines.pop_back();
  return lines;
}

std::string read_text(const std::string& path) {
  const auto source = open_source(path);
  std::string text;
  std::vector<char> buffer(size_t{1} << 16);
  while (const size_t bytes = source->read(buffer)) {
    text.append(buffer.data(), bytes);
    if (text.size() > kMaxFileBytes) {
      throw Error::data(
          fmt::format("{}: more than {} bytes, want a file of class names", path, kMaxFileBytes));
    }
  }
  return text;
}

}  // namespace

ClassNames::ClassNames(std::string_view text, std::string where) : where_(std::move(where)) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const bool json = trim(text).starts_with('{');
  json ? read_json(text) : read_lines(text);
  if (entries_.empty()) {
    throw Error::data(where_ + ": no class names; want one name a line, or value, TAB, name");
  }
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!index_.emplace(entries_[i].first, i).second) {
      throw Error::data(where_ + ": class " + excerpt(entries_[i].first) + " stands twice");
    }
  }
}

ClassNames ClassNames::read(const std::string& path) { return {read_text(path), path}; }

void ClassNames::read_json(std::string_view text) {
  try {
    const auto json = nlohmann::ordered_json::parse(text);
    for (const auto& [value, name] : json.items()) {
      add(value, name.get_ref<const std::string&>(), where_ + ": class " + excerpt(value));
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error::data(where_ + ": not a JSON object of names (" + error.what() +
                      R"(); want {"value": "name", ...})");
  }
}

void ClassNames::read_lines(std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(text);
  const auto has_tab = [](std::string_view line) {
    return trim(line).find('\t') != std::string_view::npos;
  };
  const bool map = !lines.empty() && std::all_of(lines.begin(), lines.end(), has_tab);
  std::set<std::string_view> names;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string place = fmt::format("{}:{}", where_, i + 1);
    const size_t tab = map ? lines[i].find('\t', lines[i].find_first_not_of(" \t")) : 0;
    const std::string_view name = trim(lines[i].substr(tab));
    // Two numbers of a list with one name are a slip; a map may well put several values into one
    // class.
    if (!map && !names.insert(name).second && !name.empty()) {
      throw Error::data(place + ": class name " + excerpt(name) + " stands twice");
    }
    add(map ? std::string(trim(lines[i].substr(0, tab))) : std::to_string(i + 1), name, place);
  }
}

void ClassNames::add(std::string value, std::string_view name, const std::string& place) {
  if (trim(name).empty()) throw Error::data(place + ": empty class name, want a name");
  entries_.emplace_back(std::move(value), trim(name));
}

std::optional<std::string_view> ClassNames::find(std::string_view value) const {
  const auto found = index_.find(trim(value));
  if (found == index_.end()) return std::nullopt;
  return entries_[found->second].second;
}

std::string ClassNames::unknown(std::string_view value) const {
  return fmt::format(
      "class {} is not in {}, whose {} classes are {} to {}; other values need lines of value, "
      "TAB, name",
      excerpt(trim(value)), where_, entries_.size(), entries_.front().first, entries_.back().first);
}

}  // namespace wordfire
