#include "sagemaker/failure_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <exception>
#include <filesystem>

#include "core/option_table.h"
#include "io/file_descriptor.h"

namespace wordfire {
namespace {

constexpr std::string_view kOption = "option ";

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// What a job calls the option with this flag; "" where it has no name for it.
std::string job_name(std::string_view flag) {
  if (flag == "input") return "channel \"train\"";
  if (flag == "validation") return "channel \"validation\"";
  for (const OptionRow& row : option_table()) {
    const std::string_view name = row.hyperparameter.name;
    if (row.flag == flag && !name.empty()) return '"' + std::string(name) + '"';
  }
  return "";
}

// Whether a flag may begin at `at`: nothing but a word ends in front of a dash elsewhere.
bool may_begin_flag(std::string_view text, size_t at) {
  return text[at] == '-' && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '(');
}

}  // namespace

std::string_view failure_prefix(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kUsage:
    case ErrorKind::kData:
    case ErrorKind::kModel:
      return "ClientError: ";
    case ErrorKind::kSystem:
      return error.fault() == SystemFault::kNoInput ? "ClientError: " : "PlatformError: ";
    case ErrorKind::kInternal:
      break;
  }
  return "AlgorithmError: ";
}

std::string failure_text(std::string_view prefix, std::string_view message) {
  std::string text(prefix);
  text += message;
  std::ranges::replace_if(
      text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  if (text.size() <= kMaxFailureBytes) return text;
  size_t end = kMaxFailureBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

void write_failure(const std::string& path, std::string_view text) noexcept {
  try {
    std::filesystem::create_directory(std::filesystem::path(path).parent_path());
  } catch (const std::exception&) {  // the folder may be there already, and memory may be out
  }
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  while (file.is_open() && !text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

std::string in_job_words(std::string_view message) {
  std::string out;
  for (size_t at = 0; at < message.size();) {
    if (!may_begin_flag(message, at)) {
      out += message[at++];
      continue;
    }
    const auto* const begin = message.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    const auto* const end = std::find_if_not(begin, message.end(), is_name_char);
    const std::string name = job_name({begin, end});
    const bool named = out.ends_with(kOption);
    if (named && !name.empty()) {
      out.resize(out.size() - kOption.size());
      if (name.front() == '"') out += "hyperparameter ";
    }
    out += name.empty() ? std::string(message.substr(at, 1)) : name;
    at = name.empty() ? at + 1 : static_cast<size_t>(end - message.begin());
  }
  return out;
}

}  // namespace wordfire
