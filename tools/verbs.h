// The verbs of the program `wordfire`. Each takes the arguments behind its name and returns the
// exit status; "--help" among them prints its help. Errors are thrown.
#pragma once

#include <span>
#include <string>

namespace wordfire {

using VerbArgs = std::span<const std::string>;

int run_supervised(VerbArgs args);
int run_skipgram(VerbArgs args);
int run_cbow(VerbArgs args);
int run_batch_skipgram(VerbArgs args);
int run_test(VerbArgs args);
int run_test_label(VerbArgs args);
int run_predict(VerbArgs args);
int run_predict_prob(VerbArgs args);
int run_print_sentence_vectors(VerbArgs args);
int run_print_word_vectors(VerbArgs args);
int run_print_ngrams(VerbArgs args);
int run_nn(VerbArgs args);
int run_analogies(VerbArgs args);
int run_convert(VerbArgs args);
int run_evaluate(VerbArgs args);
int run_dump(VerbArgs args);
int run_prepare(VerbArgs args);
int run_verify(VerbArgs args);
int run_serve(VerbArgs args);

}  // namespace wordfire
