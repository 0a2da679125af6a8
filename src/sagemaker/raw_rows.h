// Raw rows in a job's channels: CSV, TSV or JSON lines become training text before it is trained,
// as io/prepare.h does it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/prepare.h"
#include "io/scratch_folder.h"
#include "sagemaker/container_job.h"

namespace wordfire {

// How the train channel's rows are to be treated; nothing where it holds training text already. It
// holds rows when the job has label_column or text_columns, or when a prepare.json lies in the
// channel's folder that does not name the files beside it as what was made by it; columns of the
// job come before those of the file. Throws Error (data) for a prepare.json that cannot be
// understood, Error (usage) for columns of a job whose text is prepared.
[[nodiscard]] std::optional<Recipe> find_raw_recipe(const ContainerJob& job);

// One step of the work: the rows of one channel.
struct RawStep {
  std::string channel;
  PrepareOptions prepare;
};

// The steps for this recipe, into folders of `scratch`; options: their input and validation become
// what the steps will write. The train channel's rows are taken as the recipe says; where it splits
// and there is no validation channel, the part that is split off is the validation text. All rows
// of a validation channel are taken, in their order.
[[nodiscard]] std::vector<RawStep> plan_raw_steps(const ContainerJob& job, const Recipe& recipe,
                                                  const ScratchFolder& scratch, Options& options);

// A step as arguments of `wordfire prepare`.
[[nodiscard]] std::vector<std::string> prepare_arguments(const PrepareOptions& options);

}  // namespace wordfire
