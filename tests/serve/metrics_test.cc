#include "serve/metrics.h"

#include <gtest/gtest.h>

#include "core/parallel.h"

namespace wordfire::serve {
namespace {

using std::chrono::microseconds;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Metrics, CountAnswersByEndpointAndStatus) {
  Metrics metrics;
  metrics.answered(Endpoint::kInvocations, 200, microseconds(30));
  metrics.answered(Endpoint::kInvocations, 200, microseconds(70));
  metrics.answered(Endpoint::kInvocations, 415, microseconds(1));
  const std::string text = metrics.text();
  EXPECT_TRUE(has(text, "wordfire_requests_total{code=\"200\",endpoint=\"/invocations\"} 2\n"))
      << text;
  EXPECT_TRUE(has(text, "wordfire_requests_total{code=\"415\",endpoint=\"/invocations\"} 1\n"))
      << text;
}

TEST(Metrics, HistogramsHoldTheTimesOfAnswers) {
  Metrics metrics;
  metrics.answered(Endpoint::kPing, 200, microseconds(30));
  const std::string text = metrics.text();
  const std::string bucket = "wordfire_request_seconds_bucket{endpoint=\"/ping\",le=";
  EXPECT_TRUE(has(text, bucket + "\"2.5e-05\"} 0\n")) << text;
  EXPECT_TRUE(has(text, bucket + "\"5e-05\"} 1\n")) << text;
}

TEST(Metrics, SeriesOfAnEndpointBeginWithItsFirstAnswer) {
  EXPECT_FALSE(has(Metrics().text(), "wordfire_requests_total{")) << Metrics().text();
}

TEST(Metrics, GaugesGoUpAndDown) {
  Metrics metrics;
  metrics.connections(3);
  metrics.connections(-1);
  metrics.models(7);
  EXPECT_TRUE(has(metrics.text(), "wordfire_connections 2\n")) << metrics.text();
  EXPECT_TRUE(has(metrics.text(), "wordfire_models_loaded 7\n")) << metrics.text();
}

TEST(Metrics, TheProcessTellsItsMemoryAndFiles) {
  const std::string text = Metrics().text();
  EXPECT_TRUE(has(text, "\nprocess_resident_memory_bytes ")) << text;
  EXPECT_FALSE(has(text, "\nprocess_resident_memory_bytes 0\n")) << text;
  EXPECT_FALSE(has(text, "\nprocess_open_fds 0\n")) << text;
}

TEST(Metrics, ThreadsCountTogether) {
  Metrics metrics;
  parallel_workers(4, [&](int) {
    for (int i = 0; i < 1000; ++i) metrics.answered(Endpoint::kPage, 200, microseconds(1));
  });
  EXPECT_TRUE(has(metrics.text(), "wordfire_requests_total{code=\"200\",endpoint=\"/\"} 4000\n"))
      << metrics.text();
}

}  // namespace
}  // namespace wordfire::serve
