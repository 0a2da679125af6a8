// What word vectors lose when windows one after the other share negatives, as the last rung of the
// ladder does (word_ladder.h). The kernel's own text runs on the CPU, one line after the other. It
// writes the vectors, for `wordfire evaluate` to judge.
//
// WINDOWS: 1, 2, 4, 8 or 16 that share negatives; production: its own kernel.
//
//   word_sharing TEXT DIM EPOCHS LR WINDOWS|production OUTPUT.vec
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/gpu/word_ladder.h"
#include "bench/gpu/word_study.h"
#include "core/error.h"
#include "cuda/word_line.h"

namespace wordfire {
namespace {

template <class Kernel>
void train(const WordStudy& words) {
  StudyScratch scratch(words.tables());
  Kernel kernel(words.tables(), scratch.carve(words.tables()));
  const Corpus& corpus = words.corpus();
  for (int32_t epoch = 0; epoch < words.epochs(); ++epoch) {
    const WordPass pass = words.pass(epoch);
    for (int64_t line = 0; line < corpus.examples(); ++line) {
      const auto ids = corpus.features_of(line);
      kernel.train(ids.data(), static_cast<int64_t>(ids.size()),
                   pass.rate.at(corpus.tokens_before(line)), pass.draws_of(line));
    }
  }
}

template <int windows>
using Shared = ladder::SharedNegatives<HostWarp, windows>;

int study(char** argv) {
  const WordStudy words(argv[1], std::atoi(argv[2]), std::atoi(argv[3]), std::atof(argv[4]), 0);
  const std::string windows = argv[5];
  if (windows == "production") {
    train<WordLine<HostWarp, 1, false>>(words);
  } else if (windows == "1") {
    train<Shared<1>>(words);
  } else if (windows == "2") {
    train<Shared<2>>(words);
  } else if (windows == "4") {
    train<Shared<4>>(words);
  } else if (windows == "8") {
    train<Shared<8>>(words);
  } else if (windows == "16") {
    train<Shared<16>>(words);
  } else {
    throw Error::usage("WINDOWS: got \"" + windows + "\", want 1, 2, 4, 8, 16 or production");
  }
  words.save(argv[6]);
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  constexpr int kArguments = 7;
  if (argc == 1) {
    std::puts("skipped: it studies a text; see its head comment");
    return 0;
  }
  if (argc != kArguments || std::atoi(argv[2]) < 1 || std::atoi(argv[2]) > 128) {
    std::fputs("word_sharing TEXT DIM EPOCHS LR WINDOWS|production OUTPUT.vec, DIM at most 128\n",
               stderr);
    return 2;
  }
  try {
    return wordfire::study(argv);
  } catch (const wordfire::Error& error) {
    fmt::print(stderr, "word_sharing: {}\n", error.what());
    return 1;
  }
}
