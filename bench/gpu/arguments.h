// The arguments of a benchmark: NAME=VALUE, each with a value of its own where it is not given, so
// that the same program runs a large size on a GPU and a tiny one under an emulator.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/error.h"

namespace wordfire {

class Arguments {
 public:
  // Throws Error (usage) where an argument has no name.
  Arguments(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      const std::string argument = argv[i];
      const size_t sign = argument.find('=');
      if (sign == std::string::npos || sign == 0) {
        throw Error::usage("argument \"" + argument + "\": want NAME=VALUE, such as tokens=1e6");
      }
      given_[argument.substr(0, sign)] = argument.substr(sign + 1);
    }
  }

  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise) {
    known_.insert(name);
    const auto found = given_.find(name);
    return found == given_.end() ? otherwise : found->second;
  }
  // "1e9" and "0.05" are numbers, too. Throws Error (usage) for what is none.
  [[nodiscard]] double number(const std::string& name, double otherwise) {
    const std::string value = text(name, "");
    return value.empty() ? otherwise : number_of(name, value);
  }
  [[nodiscard]] int64_t count(const std::string& name, int64_t otherwise) {
    return std::llround(number(name, static_cast<double>(otherwise)));
  }
  // "64 128".
  [[nodiscard]] std::vector<int64_t> counts(const std::string& name, const std::string& otherwise) {
    std::istringstream in(text(name, otherwise));
    std::vector<int64_t> values;
    for (std::string value; in >> value;) values.push_back(std::llround(number_of(name, value)));
    return values;
  }
  // Once all have been asked for: throws Error (usage) when others were given.
  void finish() const {
    for (const auto& [name, value] : given_) {
      if (known_.contains(name)) continue;
      std::string names;
      for (const std::string& known : known_) names += " " + known;
      throw Error::usage("there is no argument \"" + name + "\"; those that there are:" + names);
    }
  }

 private:
  static double number_of(const std::string& name, const std::string& value) {
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    if (end == value.c_str() || *end != '\0') {
      throw Error::usage("argument " + name + ": got \"" + value + "\", want a number");
    }
    return number;
  }

  std::map<std::string, std::string> given_;
  std::set<std::string> known_;
};

}  // namespace wordfire
