// How good a job's word vectors are: by the files of its evaluation channel, or of its image.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/evaluation_sets.h"
#include "sagemaker/channels.h"

namespace wordfire {

struct VectorTests {
  std::vector<WordPairs> pairs;
  std::vector<AnalogySet> analogies;

  [[nodiscard]] bool empty() const { return pairs.empty() && analogies.empty(); }
};

// The channel's files; without the channel those in `image_folder`, if there is such a folder. A
// file that begins with ": NAME" holds analogies, others hold pairs. Throws Error (data, no_input)
// for a file that is neither, or a channel without files.
[[nodiscard]] VectorTests read_vector_tests(const std::optional<Channel>& channel,
                                            const std::string& image_folder);

struct VectorScores {
  std::string json;                // eval.json
  std::optional<double> mean_rho;  // none: not one pair has both words
};

// vectors: a file that io/vector_file.h reads. Words are found in any case; the pairs ask among
// all words, the analogies among the 300,000 most frequent.
[[nodiscard]] VectorScores score_vectors(const std::string& vectors, const VectorTests& tests,
                                         int threads);

}  // namespace wordfire
