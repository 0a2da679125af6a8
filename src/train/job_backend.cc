#include "train/job_backend.h"

namespace wordfire {
namespace {

std::unique_ptr<Backend> make_classifier_backend(const Options& options, const TrainingData& data,
                                                 const Loss& loss, Weights& weights, int threads) {
  const SupervisedTask task{.corpus = data.corpus,
                            .subwords = data.subwords,
                            .loss = loss,
                            .weights = weights,
                            .lr_update_rate = options.args.lr_update_rate,
                            .seed = static_cast<uint64_t>(options.seed),
                            .threads = threads};
  return options.deterministic ? make_deterministic_backend(task) : make_hogwild_backend(task);
}

std::unique_ptr<Backend> make_vector_backend(const Options& options, const TrainingData& data,
                                             const Loss& loss, std::span<const int64_t> counts,
                                             Weights& weights, int threads) {
  const WordVectorTask task{.corpus = data.corpus,
                            .subwords = data.subwords,
                            .loss = loss,
                            .args = options.args,
                            .counts = counts,
                            .tokens = data.model->dictionary.ntokens(),
                            .negative_power = options.ns_exponent,
                            .batch_size = options.batch_size,
                            .exact = options.exact,
                            .weights = weights,
                            .seed = static_cast<uint64_t>(options.seed),
                            .threads = threads};
  return options.deterministic ? make_deterministic_word_vector_backend(task)
                               : make_word_vector_backend(task);
}

}  // namespace

JobBackend::JobBackend(const Options& options, const TrainingData& data, Weights& weights,
                       int threads) {
  const Dictionary& dictionary = data.model->dictionary;
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  counts_ = is_classifier ? dictionary.label_counts() : dictionary.word_counts();
  loss_ = make_loss(options.args, counts_, options.ns_exponent);
  backend_ = is_classifier ? make_classifier_backend(options, data, *loss_, weights, threads)
                           : make_vector_backend(options, data, *loss_, counts_, weights, threads);
}

}  // namespace wordfire
