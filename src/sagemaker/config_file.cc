#include "sagemaker/config_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/error.h"
#include "io/json_reason.h"

namespace wordfire {

ConfigFile::ConfigFile(std::string path) : name_(std::filesystem::path(path).filename()) {
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown) && !unknown) return;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Error::no_input(
        fmt::format("{}: cannot be read ({}), want a JSON object", path, std::strerror(errno)));
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  exists_ = true;
  try {
    object_ = nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    throw Error::data(fmt::format("{}: not JSON ({}), want an object", path, json_reason(error)));
  }
  if (!object_.is_object()) {
    throw Error::data(fmt::format("{}: got a JSON {}, want an object", path, object_.type_name()));
  }
}

std::string ConfigFile::text(const nlohmann::json& object, std::string_view key,
                             const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "";
  if (found->is_string()) return found->get<std::string>();
  throw Error::data(
      fmt::format("{}: \"{}\" is a JSON {}, want text", where, key, found->type_name()));
}

}  // namespace wordfire
