// Names for the classes of a table that holds numbers or codes. A class file is one of
//   - names, one a line: the first is class 1, as in the classes.txt of DBpedia, AG News and Yelp;
//   - lines of value, TAB, name;
//   - a JSON object {"value": "name", ...}.
// A byte-order mark, CRLF and blank lines at the end are accepted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace wordfire {

class ClassNames {
 public:
  ClassNames() = default;
  ClassNames(ClassNames&&) = default;  // no copies: index_ views into entries_
  ClassNames& operator=(ClassNames&&) = default;
  // text: a class file; where: what messages call it. Throws Error (data): a name or value is
  // missing or stands twice, not JSON, no class at all.
  ClassNames(std::string_view text, std::string where);
  // Reads the file, which may be compressed. Throws Error (no_input) too.
  [[nodiscard]] static ClassNames read(const std::string& path);

  // The name of the class that the table calls `value` (blanks around it do not count).
  [[nodiscard]] std::optional<std::string_view> find(std::string_view value) const;
  // Why `value` has no name, for a message.
  [[nodiscard]] std::string unknown(std::string_view value) const;

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  // Value and name, in the order of the file.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& entries() const {
    return entries_;
  }

 private:
  void read_json(std::string_view text);
  void read_lines(std::string_view text);
  void add(std::string value, std::string_view name, const std::string& place);

  std::string where_;
  std::vector<std::pair<std::string, std::string>> entries_;
  std::unordered_map<std::string_view, size_t> index_;  // value -> entry; keys view into entries_
};

}  // namespace wordfire
