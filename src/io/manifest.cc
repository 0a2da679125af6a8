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

namespace wordfire {
namespace {

using Json = nlohmann::ordered_json;  // for writing
using Element = simdjson::dom::element;

constexpr int kFormatVersion = 1;
// Nested deeper than any manifest; printing takes stack for each level.
constexpr int kMostDepth = 64;

[[noreturn]] void refuse(const std::string& path, std::string_view found, std::string_view wanted) {
  throw Error::model(fmt::format("{}: found {}, want {}; remove the file if the model is good",
                                 path, found, wanted));
}

Json parse_part(const std::string& text) { return text.empty() ? Json() : Json::parse(text); }

// Not by the library that writes: its values end the process where memory runs out when they go,
// and servers read manifests at any time.
Element parse_file(simdjson::dom::parser& parser, const std::string& path, std::string_view text) {
  Element root;
  simdjson::error_code error = parser.allocate(text.size(), kMostDepth);
  if (error == simdjson::SUCCESS) error = parser.parse(text.data(), text.size()).get(root);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error == simdjson::DEPTH_ERROR) {
    refuse(path, "deeply nested JSON", fmt::format("at most {} levels", kMostDepth));
  }
  if (error != simdjson::SUCCESS) throw simdjson::simdjson_error(error);
  return root;
}

std::string text_of(const Element& object, std::string_view key) {
  return std::string(std::string_view(object[key]));
}

std::string to_hex(uint64_t number) { return fmt::format("{:016x}", number); }

ManifestFile file_from(const std::string& path, const Element& json) {
  ManifestFile file;
  file.name = text_of(json, "name");
  file.bytes = json["bytes"];
  const std::string hex = text_of(json, "xxh3");
  const char* const end = hex.data() + hex.size();
  const auto result = std::from_chars(hex.data(), end, file.xxh3, 16);
  if (hex.size() != 16 || result.ptr != end)
    refuse(path, "xxh3 \"" + hex + '"', "16 hexadecimal digits");
  // A name must not lead out of the folder of the model.
  if (file.name.empty() || file.name == "." || file.name == ".." ||
      file.name.find_first_of(std::string_view("/\0", 2)) != std::string::npos) {
    refuse(path, "name \"" + file.name + '"', "a file name without folder");
  }
  return file;
}

Manifest manifest_from(const std::string& path, const Element& json) {
  const int64_t version = json["manifest_version"];
  if (version != kFormatVersion) {
    refuse(path, fmt::format("version {}", version), fmt::format("{}", kFormatVersion));
  }
  Manifest manifest;
  manifest.program_version = text_of(json, "program_version");
  manifest.label_prefix = text_of(json, "label_prefix");
  for (const Element file : simdjson::dom::array(json["files"])) {
    manifest.files.push_back(file_from(path, file));
  }
  manifest.options_json = simdjson::minify(Element(json["options"]));
  manifest.metrics_json = simdjson::minify(Element(json["metrics"]));
  const Element recipe = json["recipe"];
  if (!recipe.is_null()) manifest.recipe_json = simdjson::minify(recipe);
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
    return manifest_from(path, parse_file(parser, path, text));
  } catch (const simdjson::simdjson_error& error) {
    refuse(path, fmt::format("no usable manifest ({})", error.what()),
           "the JSON that training writes");
  }
}

}  // namespace wordfire
