#include "train/text_pieces.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "io/pipe_path.h"
#include "train/corpus_encoder.h"
#include "train/word_encoder.h"

namespace wordfire {
namespace {

// Larger pieces gain nothing: an epoch has enough work for all threads between two of them.
constexpr int64_t kMostBytes = int64_t{64} << 20;
constexpr int64_t kLeastBytes = int64_t{1} << 20;
// Ids of tokens, ids of n-grams, and the table of the piece's words may each take twice its text.
constexpr int64_t kShare = 8;

// The size of a piece bounds what it takes.
std::shared_ptr<StorageBudget> unlimited() {
  return std::make_shared<StorageBudget>(std::numeric_limits<int64_t>::max(), std::string());
}

// For each counter, what the dictionary calls its tokens; -1: it has none of that name.
std::vector<std::vector<int32_t>> ids_of(const CountedText& text, const Dictionary& dictionary,
                                         int threads) {
  std::vector<std::vector<int32_t>> ids(text.counters.size());
  const auto counters = static_cast<int64_t>(text.counters.size());
  parallel_for(counters, 1, threads, [&](int64_t begin, int64_t) {
    const VocabularyCounter& counter = text.counters[static_cast<size_t>(begin)];
    std::vector<int32_t>& of_counter = ids[static_cast<size_t>(begin)];
    for (int32_t i = 0; i < counter.size(); ++i) {
      of_counter.push_back(dictionary.find(counter.text(i), counter.hash(i)).id);
    }
  });
  return ids;
}

// The corpus, counting all of the text's tokens: those that belong to no example (labels of word
// vectors, rare words, lines without a label) count with the examples around them, so that the
// learning rate falls evenly over the pieces and ends at zero.
Corpus count_all(Corpus corpus, int64_t tokens) {
  struct Counted {
    std::vector<int64_t> token_end;
    std::shared_ptr<const void> others;
  };
  const int64_t counted = corpus.tokens_before(corpus.examples());
  if (counted == tokens || counted == 0) return corpus;
  const auto kept = std::make_shared<Counted>();
  kept->token_end.reserve(corpus.token_end.size());
  for (const int64_t end : corpus.token_end) {
    kept->token_end.push_back(static_cast<int64_t>(static_cast<__int128>(end) * tokens / counted));
  }
  kept->others = std::move(corpus.storage);
  corpus.token_end = kept->token_end;
  corpus.storage = kept;
  return corpus;
}

}  // namespace

TextPieces::TextPieces(std::vector<std::string> paths, TextReading reading, int64_t memory,
                       int threads, const std::atomic<bool>& stop)
    : paths_(std::move(paths)),
      reading_(std::move(reading)),
      blocks_(std::clamp(memory / kShare, kLeastBytes, kMostBytes) /
              int64_t{TextPass::kBlockBytes}),
      threads_(threads),
      stop_(stop) {}

void TextPieces::begin_pass() {
  ++reading_.pass;
  pass_ = std::make_unique<TextPass>(paths_, reading_, threads_, stop_);
  examples_ = 0;
  tokens_ = 0;
}

bool TextPieces::has_next_pass() const {
  constexpr std::chrono::seconds kLongest{10};
  try {
    for (const std::string& path : paths_) {
      if (is_pipe_path(path)) (void)await_pipe(path, reading_.pass + 1, &stop_, kLongest);
    }
  } catch (const Error&) {
    return false;
  }
  return true;
}

std::optional<TextPiece> TextPieces::next(const Model& model, const BucketRows& buckets) {
  while (pass_ != nullptr) {
    const CountedText text = pass_->read(blocks_, unlimited());
    throw_if(stop_);
    if (text.blocks.empty()) {
      pass_.reset();  // closes the file or FIFO now, not after an epoch
      return std::nullopt;
    }
    TextPiece piece{count_all(encode(text, model, buckets), text.tokens), examples_, tokens_};
    examples_ += piece.corpus.examples();
    tokens_ += text.tokens;
    if (piece.corpus.examples() > 0) return piece;
  }
  return std::nullopt;  // the pass has ended before
}

Corpus TextPieces::encode(const CountedText& text, const Model& model,
                          const BucketRows& buckets) const {
  const auto ids = ids_of(text, model.dictionary, threads_);
  if (model.args.model != ModelKind::kSupervised) {
    return encode_words(text, ids, model.dictionary, unlimited(), threads_);
  }
  const EncodedCorpus encoded = encode_corpus(text, ids, model, unlimited(), threads_, nullptr);
  renumber_rows(encoded.features, buckets, threads_);
  return encoded.corpus;
}

}  // namespace wordfire
