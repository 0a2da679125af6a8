#include "io/manifest.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <new>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "io/atomic_file.h"
#include "io/file_copy.h"
#include "io/json_fault.h"
#include "io/json_field.h"

namespace wordfire {
namespace {

using Json = nlohmann::ordered_json;  // for writing
using Element = simdjson::dom::element;

constexpr int kFormatVersion = 1;
// Nested deeper than any manifest; printing takes stack for each level.
constexpr int kMostDepth = 64;

[[noreturn]] void refuse(const std::string& path, std::string_view what) {
  throw Error::model(fmt::format("{}: {}; remove the file if the model is good", path, what));
}

Json parse_part(const std::string& text) { return text.empty() ? Json() : Json::parse(text); }

// Not by the library that writes: its values end the process where memory runs out when they go,
// and servers read manifests at any time.
JsonField parse_file(simdjson::dom::parser& parser, std::string_view text) {
  Element root;
  simdjson::error_code error = parser.allocate(text.size(), kMostDepth);
  if (error == simdjson::SUCCESS) error = parser.parse(text.data(), text.size()).get(root);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error == simdjson::DEPTH_ERROR) {
    throw JsonFault{fmt::format("found deeply nested JSON, want at most {} levels", kMostDepth)};
  }
  if (error != simdjson::SUCCESS) {
    throw JsonFault{fmt::format("not JSON: {}", document_fault(text, error))};
  }
  return JsonField(root);
}

std::string to_hex(uint64_t number) { return fmt::format("{:016x}", number); }

uint64_t hex_from(const JsonField& json) {
  const std::string hex = json.text();
  uint64_t number = 0;
  const char* const end = hex.data() + hex.size();
  const auto result = std::from_chars(hex.data(), end, number, 16);
  if (hex.size() != 16 || result.ptr != end) json.refuse("16 hexadecimal digits");
  return number;
}

ManifestFile file_from(const JsonField& json) {
  const JsonField name = json.field("name");
  const JsonField bytes = json.field("bytes");
  ManifestFile file{name.text(), bytes.integer(), hex_from(json.field("xxh3"))};
  // A name must not lead out of the folder of the model.
  if (file.name.empty() || file.name == "." || file.name == ".." ||
      file.name.find_first_of(std::string_view("/\0", 2)) != std::string::npos) {
    name.refuse("a file name without folder");
  }
  if (file.bytes < 0) bytes.refuse("at least 0");
  return file;
}

Manifest manifest_from(const JsonField& json) {
  const JsonField version = json.field("manifest_version");
  if (version.integer() != kFormatVersion) version.refuse(fmt::format("{}", kFormatVersion));
  Manifest manifest;
  manifest.program_version = json.field("program_version").text();
  manifest.label_prefix = json.field("label_prefix").text();
  for (const JsonField& file : json.field("files").items()) {
    manifest.files.push_back(file_from(file));
  }
  manifest.options_json = json.field("options").json();
  manifest.metrics_json = json.field("metrics").json();
  const JsonField recipe = json.field("recipe");
  const std::string recipe_json = recipe.json();
  if (!recipe.is_empty()) manifest.recipe_json = recipe_json;
  return manifest;
}

}  // namespace

std::string manifest_path(const std::string& model_path) {
  constexpr std::string_view kEnding = ".manifest.json";
  std::string_view stem = model_path;
  for (const std::string_view ending : {".bin", ".ftz"}) {
    if (stem.ends_with(ending)) {
      stem.remove_suffix(ending.size());
      break;
    }
  }
  return std::string(stem).append(kEnding);
}

std::string manifest_text(const Manifest& manifest) {
  Json files = Json::array();
  for (const ManifestFile& file : manifest.files) {
    files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"xxh3", to_hex(file.xxh3)}});
  }
  // Not made of null: the library crashes if memory runs out while null becomes an object.
  Json json = Json::object();
  json["manifest_version"] = kFormatVersion;
  json["program"] = "wordfire";
  json["program_version"] = manifest.program_version;
  json["label_prefix"] = manifest.label_prefix;
  json["files"] = std::move(files);
  json["options"] = parse_part(manifest.options_json);
  json["recipe"] = parse_part(manifest.recipe_json);
  json["metrics"] = parse_part(manifest.metrics_json);
  // Names of files may hold bytes that are not UTF-8; JSON may not.
  constexpr auto kReplace = Json::error_handler_t::replace;
  return json.dump(2, ' ', false, kReplace) + '\n';
}

void write_manifest(const std::string& path, const Manifest& manifest) {
  AtomicFile file(path);
  file.write(manifest_text(manifest));
  file.commit();
}

std::optional<Manifest> read_manifest(const std::string& path, const OpenFile& open) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
    return std::nullopt;
  const FileCopy file(path, open);
  const auto bytes = file.bytes();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  simdjson::dom::parser parser;
  try {
    return manifest_from(parse_file(parser, text));
  } catch (const JsonFault& fault) {
    refuse(path, fault.what);
  }
}

}  // namespace wordfire
