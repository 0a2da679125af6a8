// The JSON files in /opt/ml/input/config. Every file and every key may be missing.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace wordfire {

class ConfigFile {
 public:
  // Reads the object in the file; there is none, or an empty one, where there is no file. Throws
  // Error (no_input) when the file cannot be read, Error (data) when it holds no JSON object.
  explicit ConfigFile(std::string path);

  [[nodiscard]] bool exists() const { return exists_; }
  [[nodiscard]] const nlohmann::json& object() const { return object_; }
  // What messages call it: the file's name without folder.
  [[nodiscard]] const std::string& name() const { return name_; }
  // The text at `key`, or "" where there is none. Throws Error (data) for what is no text.
  [[nodiscard]] std::string text(std::string_view key) const { return text(object_, key, name_); }
  // The same for an object inside of it; where: what messages call that object.
  [[nodiscard]] static std::string text(const nlohmann::json& object, std::string_view key,
                                        const std::string& where);

 private:
  std::string name_;
  bool exists_ = false;
  nlohmann::json object_ = nlohmann::json::object();
};

}  // namespace wordfire
