// A base folder such as /opt/ml, with small verbs to fill it.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sagemaker/container_paths.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {

class ContainerTest : public FolderTest {
 protected:
  ContainerTest() {
    for (const char* part : {"input/config", "input/data", "model", "output"}) {
      std::filesystem::create_directories(folder() / part);
    }
  }

  [[nodiscard]] ContainerPaths paths() const { return ContainerPaths(folder()); }

  // Writes input/config/NAME.
  void config(const std::string& name, std::string_view text) const {
    write("input/config/" + name, text);
  }
  // Writes hyperparameters.json.
  void parameters(const std::map<std::string, std::string>& values) const {
    config("hyperparameters.json", nlohmann::json(values).dump());
  }
  // Writes a file of a channel; name may have folders in it.
  std::string data(const std::string& channel, const std::string& name,
                   std::string_view text) const {
    const std::string file = "input/data/" + channel + '/' + name;
    std::filesystem::create_directories(std::filesystem::path(path(file)).parent_path());
    return write(file, text);
  }
};

// Lines of two classes that their words tell apart.
inline std::string two_classes(int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) {
    const std::string number = std::to_string(i % 7);
    text += i % 2 == 0 ? "__label__a red" + number + " red cherry\n"
                       : "__label__b sea" + number + " sea wave\n";
  }
  return text;
}

}  // namespace wordfire
