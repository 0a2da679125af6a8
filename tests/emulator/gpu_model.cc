#include "emulator/gpu_model.h"

#include <charconv>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace wordfire::emulator {
namespace {

constexpr std::size_t kKibibyte = 1024;

[[noreturn]] void refuse(std::string_view word) {
  throw std::runtime_error(
      "WORDFIRE_EMULATED_GPU: \"" + std::string(word) +
      "\" is not known; want gpus=, compute=, multiprocessors=, memory_mib=, "
      "seed=, fail_at=, refuse_at= with a number, or ledger=, counts= with a path");
}

std::uint64_t number_of(std::string_view word, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) refuse(word);
  return value;
}

struct Wishes {
  int compute = 90;
  int multiprocessors = 0;
  std::size_t memory = 0;
};

void take(std::string_view word, Machine& machine, Wishes& wishes) {
  const std::size_t sign = word.find('=');
  if (sign == std::string_view::npos) refuse(word);
  const std::string_view name = word.substr(0, sign);
  const std::string_view value = word.substr(sign + 1);
  if (name == "ledger") {
    machine.ledger = value;
  } else if (name == "counts") {
    machine.counts = value;
  } else if (name == "gpus") {
    machine.gpus = static_cast<int>(number_of(word, value));
  } else if (name == "compute") {
    wishes.compute = static_cast<int>(number_of(word, value));
  } else if (name == "multiprocessors") {
    wishes.multiprocessors = static_cast<int>(number_of(word, value));
  } else if (name == "memory_mib") {
    wishes.memory = number_of(word, value) << 20;
  } else if (name == "seed") {
    machine.seed = number_of(word, value);
  } else if (name == "refuse_at") {
    machine.refuse_at = number_of(word, value);
  } else if (name == "fail_at") {
    machine.fail_at = number_of(word, value);
  } else {
    refuse(word);
  }
}

}  // namespace

GpuModel model_of_compute(int compute) {
  GpuModel model;
  model.compute = compute;
  if (compute == 90) {
    model.shared_of_block = 227 * kKibibyte;
    model.shared_of_multiprocessor = 228 * kKibibyte;
    model.shared_reserved = kKibibyte;
    model.threads_of_multiprocessor = 2048;
    model.blocks_of_multiprocessor = 32;
  } else if (compute == 75) {
    model.shared_of_block = 64 * kKibibyte;
    model.shared_of_multiprocessor = 64 * kKibibyte;
    model.threads_of_multiprocessor = 1024;
    model.blocks_of_multiprocessor = 16;
  } else {
    refuse("compute=" + std::to_string(compute));
  }
  return model;
}

Machine parse_machine(std::string_view text) {
  Machine machine;
  Wishes wishes;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) take(word, machine, wishes);
  machine.model = model_of_compute(wishes.compute);
  if (wishes.multiprocessors > 0) machine.model.multiprocessors = wishes.multiprocessors;
  if (wishes.memory > 0) machine.model.memory = wishes.memory;
  return machine;
}

Machine machine_of_environment() {
  const char* const text = std::getenv("WORDFIRE_EMULATED_GPU");
  return parse_machine(text == nullptr ? "" : text);
}

}  // namespace wordfire::emulator
