// Answers to requests of many texts, without sockets: instances a second on one core. The model is
// WORDFIRE_BENCH_MODEL and the texts are the lines of WORDFIRE_BENCH_TEXT if these are set; else a
// model of 14 labels with random weights and lines of random words.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/rng.h"
#include "serve/answer.h"

namespace wordfire::serve {
namespace {

constexpr int64_t kWords = 50000;
constexpr int64_t kLabels = 14;

// Matrices of a model.
struct Weights {
  std::vector<float> input;
  std::vector<float> output;
};

std::vector<float> random_values(int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(static_cast<size_t>(count) + kRowSlack / sizeof(float));
  for (float& value : values) value = static_cast<float>(rng.below(2001)) / 1000.0f - 1.0f;
  return values;
}

RowsView view_of(const std::vector<float>& values, int64_t rows, int32_t dim) {
  return {reinterpret_cast<const std::byte*>(values.data()), rows, dim,
          int64_t{dim} * static_cast<int64_t>(sizeof(float))};
}

LoadedModel random_model() {
  std::vector<std::string> names = {"</s>"};
  for (int64_t i = 1; i < kWords; ++i) names.push_back("word" + std::to_string(i));
  for (int64_t i = 0; i < kLabels; ++i) names.push_back("__label__" + std::to_string(i));
  std::vector<DictionaryEntry> entries;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto type = i < static_cast<size_t>(kWords) ? EntryType::kWord : EntryType::kLabel;
    entries.push_back({names[i], 1, type});
  }
  auto model = std::make_shared<Model>();
  model->args.dim = 10;
  model->args.word_ngrams = 2;
  model->args.bucket = 2000000;
  model->dictionary = Dictionary(entries, kWords);
  auto weights = std::make_shared<Weights>();
  weights->input = random_values((kWords + model->args.bucket) * model->args.dim, 1);
  weights->output = random_values(kLabels * model->args.dim, 2);
  model->input.dense = view_of(weights->input, kWords + model->args.bucket, model->args.dim);
  model->output.dense = view_of(weights->output, kLabels, model->args.dim);
  model->storage = weights;
  return {model, {}};
}

const ServedModel& bench_model() {
  const char* const path = std::getenv("WORDFIRE_BENCH_MODEL");
  static const ServedModel model(path ? load_model_copy(path).loaded : random_model(), "model.bin");
  return model;
}

std::vector<std::string> bench_texts() {
  std::vector<std::string> texts;
  if (const char* const path = std::getenv("WORDFIRE_BENCH_TEXT")) {
    std::ifstream file(path);
    for (std::string line; texts.size() < 50000 && std::getline(file, line);) {
      texts.push_back(line);
    }
    return texts;
  }
  Rng rng(7);
  for (int i = 0; i < 50000; ++i) {
    std::string text;
    for (int word = 0; word < 50; ++word) text += "word" + std::to_string(rng.below(kWords)) + ' ';
    texts.push_back(text);
  }
  return texts;
}

// Bodies that hold all texts, `size` each.
std::vector<std::string> make_bodies(size_t size, bool lines) {
  const std::vector<std::string> texts = bench_texts();
  std::vector<std::string> bodies;
  for (size_t at = 0; at + size <= texts.size(); at += size) {
    nlohmann::json request = {{"instances", nlohmann::json::array()}};
    std::string body;
    for (size_t i = at; i < at + size; ++i) {
      if (lines) {
        body += nlohmann::json{{"source", texts[i]}}.dump() + '\n';
      } else {
        request["instances"].push_back(texts[i]);
      }
    }
    bodies.push_back(lines ? body : request.dump());
  }
  return bodies;
}

// The answer by the parts that it is made of; at least the first text's label must be there.
bool is_right(const std::string& body, const Answer& given) {
  if (given.status != 200) return false;
  const bool lines = body.starts_with(R"({"source")");
  const std::string first = lines ? body.substr(0, body.find('\n')) : body;
  const auto request = nlohmann::json::parse(first);
  const std::string text = lines ? request["source"] : request["instances"][0];
  PredictScratch scratch;
  std::vector<Prediction> best;
  bench_model().predictor().encode(text + '\n', scratch);
  bench_model().predictor().predict(scratch, 1, 0, best);
  const std::string answered = lines ? given.body.substr(0, given.body.find('\n')) : given.body;
  const auto parsed = nlohmann::json::parse(answered);
  const auto& value = lines ? parsed : parsed[0];
  return value["prob"][0].get<float>() == best[0].probability;
}

// range(0): texts a request; range(1): JSON lines instead of JSON.
void answers(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  const bool lines = state.range(1) != 0;
  const std::vector<std::string> bodies = make_bodies(size, lines);
  const std::string_view type = lines ? "application/jsonlines" : "application/json";
  AnswerScratch scratch;
  const AnswerRules rules;
  if (bodies.empty() ||
      !is_right(bodies[0], answer(bench_model(), {type, "", bodies[0]}, rules, scratch))) {
    return state.SkipWithError("the answer is wrong");
  }
  size_t next = 0;
  for (auto _ : state) {
    const std::string& body = bodies[next++ % bodies.size()];
    benchmark::DoNotOptimize(answer(bench_model(), {type, "", body}, rules, scratch));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(answers)->ArgNames({"texts", "lines"})->Args({1, 0})->Args({500, 0})->Args({500, 1});

}  // namespace
}  // namespace wordfire::serve
