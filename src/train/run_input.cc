#include "train/run_input.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "core/error.h"
#include "core/usable_memory.h"
#include "io/byte_source.h"
#include "io/disk_room.h"
#include "io/pipe_path.h"
#include "io/recipe.h"

namespace wordfire {
namespace {

constexpr int64_t kMebibyte = int64_t{1} << 20;

// The recipe of all input files; nothing where there is none, or where two differ in how they
// treat text.
std::optional<Recipe> find_common_recipe(const std::vector<std::string>& files) {
  std::optional<Recipe> recipe;
  for (const std::string& file : files) {
    const std::optional<Recipe> of_file =
        file == "-" || is_pipe_path(file) ? std::nullopt : find_recipe(file);
    if (!of_file || (recipe && !recipe->treats_text_like(*of_file))) return std::nullopt;
    if (!recipe) recipe = of_file;
  }
  return recipe;
}

std::string scratch_folder(const Options& options) {
  if (!options.scratch_dir.empty()) return options.scratch_dir;
  const std::string folder = std::filesystem::path(options.output).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

std::vector<std::string> list_files(const std::vector<std::string>& paths, bool sharded) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (sharded && std::filesystem::is_directory(path, ignored) &&
        std::filesystem::is_empty(path, ignored)) {
      continue;
    }
    const std::vector<std::string> of_path = list_input_files({path});
    files.insert(files.end(), of_path.begin(), of_path.end());
  }
  return files;
}

TextReading reading_of(const Options& options, InputFormat format) {
  TextReading reading;
  reading.format = format;
  reading.label_prefix = options.label;
  reading.needs_labels = options.args.model == ModelKind::kSupervised;
  return reading;
}

std::string recipe_of(const Options& options, const std::vector<std::string>& files,
                      const std::function<void(const std::string&)>& warning) {
  if (!options.prepare.empty()) return read_recipe(options.prepare).to_json();
  try {
    const std::optional<Recipe> recipe = find_common_recipe(files);
    return recipe ? recipe->to_json() : "";
  } catch (const Error& error) {
    if (warning) {
      warning(
          fmt::format("{}; the model gets no recipe; give -prepare to use another", error.what()));
    }
    return "";
  }
}

std::shared_ptr<StorageBudget> make_budget(const Options& options, int beside) {
  const int64_t memory =
      options.memory_mb > 0 ? options.memory_mb * kMebibyte : usable_memory() / 2 / beside;
  const std::string folder = scratch_folder(options);
  // Others need the disk as well.
  const int64_t scratch = options.scratch_mb > 0 ? options.scratch_mb * kMebibyte
                                                 : free_disk_space(folder) / 2 / beside;
  return std::make_shared<StorageBudget>(memory, folder, scratch);
}

}  // namespace wordfire
