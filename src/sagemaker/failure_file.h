// /opt/ml/output/failure: why a job failed, for DescribeTrainingJob, which shows its start.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace wordfire {

// What DescribeTrainingJob shows of the file.
inline constexpr size_t kMaxFailureBytes = 1024;

// Whose business an error is, as the first word of the file: "ClientError: " for what the job's
// owner can mend, "PlatformError: " for disks and files, "AlgorithmError: " for the rest.
[[nodiscard]] std::string_view failure_prefix(const Error& error);

// The file's text: the prefix and the message on one line of at most kMaxFailureBytes, cut between
// characters, control characters as blanks.
[[nodiscard]] std::string failure_text(std::string_view prefix, std::string_view message);

// Puts `text` into a file at `path`, mode 0644, in a folder that is made if needed; a file that is
// there already stays as it is. What cannot be written is left: the log has the message as well.
void write_failure(const std::string& path, std::string_view text) noexcept;

// A message in the words of a job: "option -lr" becomes hyperparameter "learning_rate", -lr becomes
// "learning_rate", and -input and -validation become the channels that they are read from.
[[nodiscard]] std::string in_job_words(std::string_view message);

}  // namespace wordfire
