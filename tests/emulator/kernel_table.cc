#include "emulator/kernel_table.h"

#include <cctype>
#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace wordfire::emulator {
namespace {

constexpr std::string_view kLocalEntry = ".entry ";

std::vector<std::string> split(std::string_view text, char sign) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, sign);) parts.push_back(part);
  return parts;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error(path + " cannot be read; build the target that makes it");
  return text.str();
}

// Where the entry begins whose name is at `at`: at its line.
std::size_t line_of(const std::string& ptx, std::size_t at) {
  const std::size_t end = ptx.rfind('\n', at);
  return end == std::string::npos ? 0 : end + 1;
}

// "8" of ".minnctapersm 8".
int number_after(const std::string& ptx, std::string_view word, int otherwise) {
  const std::size_t at = ptx.find(word);
  if (at == std::string::npos) return otherwise;
  int value = otherwise;
  const char* const begin = ptx.data() + at + word.size() + 1;
  std::from_chars(begin, ptx.data() + ptx.size(), value);
  return value;
}

std::string_view name_at(const std::string& ptx, std::size_t at) {
  const std::size_t end = ptx.find_first_of("( \n", at);
  return std::string_view(ptx).substr(at, end - at);
}

}  // namespace

std::string plain_name(std::string_view name) {
  constexpr std::string_view kAnonymous = "_GLOBAL__N__";
  const std::size_t at = name.find(kAnonymous);
  if (at == std::string_view::npos) return std::string(name);
  // In front of it stands its length, behind which the name goes on.
  std::size_t digits = at;
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(name[digits - 1])) != 0) --digits;
  std::size_t length = 0;
  std::from_chars(name.data() + digits, name.data() + at, length);
  return std::string(name.substr(0, digits)) + std::string(name.substr(at + length));
}

std::string cut_kernel(const std::string& ptx, std::string_view name) {
  const std::string wanted = plain_name(name);
  std::string text;
  std::size_t copied = 0;
  bool found = false;
  for (std::size_t at = ptx.find(kLocalEntry); at != std::string::npos;
       at = ptx.find(kLocalEntry, at + 1)) {
    const std::size_t begin = line_of(ptx, at);
    const std::size_t end = std::min(ptx.find("\n}\n", at), ptx.size() - 3) + 3;
    text += ptx.substr(copied, begin - copied);
    if (plain_name(name_at(ptx, at + kLocalEntry.size())) == wanted) {
      text += ptx.substr(begin, end - begin);
      found = true;
    }
    copied = end;
  }
  return found ? text + ptx.substr(copied) : "";
}

KernelTable::KernelTable(std::string_view files) {
  for (const std::string& of_compute : split(files, '|')) {
    const std::size_t sign = of_compute.find('=');
    int compute = 0;
    std::from_chars(of_compute.data(), of_compute.data() + sign, compute);
    files_[compute] = split(std::string_view(of_compute).substr(sign + 1), ':');
  }
}

DeviceKernel* KernelTable::find(const void* host, int compute, int gpu) {
  const auto name = names_.find(host);
  if (name == names_.end()) return nullptr;
  const auto known = kernels_.find({host, gpu});
  if (known != kernels_.end()) return &known->second;
  return &kernels_.emplace(std::pair(host, gpu), load(name->second, compute)).first->second;
}

DeviceKernel KernelTable::load(const std::string& name, int compute) const {
  const auto files = files_.find(compute);
  if (files == files_.end()) {
    throw std::runtime_error("no PTX for compute capability " + std::to_string(compute));
  }
  for (const std::string& path : files->second) {
    const std::string text = cut_kernel(text_of(path), name);
    if (text.empty()) continue;
    DeviceKernel kernel;
    kernel.ptx = PtxProgram(text).kernels().at(0);
    kernel.least_blocks = number_after(text, ".minnctapersm", 1);
    return kernel;
  }
  throw std::runtime_error("no PTX of compute capability " + std::to_string(compute) +
                           " has the kernel " + name);
}

}  // namespace wordfire::emulator
