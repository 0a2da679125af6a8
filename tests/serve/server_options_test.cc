#include "serve/server_options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "core/error.h"

namespace wordfire::serve {
namespace {

ServerOptions from(const std::map<std::string, std::string>& variables) {
  return server_options_of(ServerOptions(), [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

std::string refusal_of(const std::string& name, const std::string& value) {
  try {
    (void)from({{name, value}});
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return {};
}

TEST(ServerOptions, VariablesSetThem) {
  const ServerOptions options = from({{"SAGEMAKER_BIND_TO_PORT", "9000"},
                                      {"SAGEMAKER_MODEL_SERVER_TIMEOUT", "7"},
                                      {"SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/csv"},
                                      {"WORDFIRE_ADDRESS", ""}});
  EXPECT_EQ(options.port, 9000);
  EXPECT_EQ(options.handler_seconds, 7);
  EXPECT_EQ(options.accept, "text/csv");
  EXPECT_EQ(options.address, ServerOptions().address);
}

TEST(ServerOptions, WrongNumbersAreRefusedByName) {
  EXPECT_EQ(refusal_of("SAGEMAKER_BIND_TO_PORT", "80a"),
            R"(variable SAGEMAKER_BIND_TO_PORT: got "80a", want an integer from 0 to 65535)");
  for (const ServerOptionRow& row : server_option_table()) {
    if (std::holds_alternative<std::string ServerOptions::*>(row.field)) continue;
    for (const std::string value : {"-1", "2147483648", "9223372036854775808", "nan", "inf", "abc"})
      EXPECT_TRUE(refusal_of(std::string(row.variable), value).starts_with("variable ")) << value;
  }
}

TEST(ServerOptions, AnAcceptThatNothingIsWrittenForIsRefused) {
  const std::string name = "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT";
  EXPECT_EQ(refusal_of(name, "garbage"),
            "variable " + name +
                R"(: got "garbage", want application/json, application/jsonlines, text/plain or )"
                "text/csv");
  for (const std::string value : {"text/foo", "application/json, image/png", ",", "json", "*"}) {
    EXPECT_NE(refusal_of(name, value), "") << value;
  }
  for (const std::string value : {"*/*", "text/csv; header=present", "Text/CSV, application/json",
                                  "application/x-jsonlines"}) {
    EXPECT_EQ(from({{name, value}}).accept, value);
  }
}

TEST(ServerOptions, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const ServerOptionRow& row : server_option_table()) {
    EXPECT_TRUE(names.insert(row.flag).second) << row.flag;
    EXPECT_TRUE(names.insert(row.variable).second) << row.variable;
  }
}

TEST(ServerOptions, EveryNumberReachesTheServer) {
  const auto sum = [](const ServerOptions& options) {
    const ServerSettings made = settings_of(options);
    const ServerLimits& limits = made.limits;
    return made.port + made.workers + model_memory_of(options) + limits.header_bytes +
           limits.body_bytes + limits.bodies_bytes + limits.connections + limits.queue +
           (limits.queue_wait + limits.header + limits.body + limits.idle + limits.handler +
            limits.write + limits.drain)
               .count();
  };
  for (const ServerOptionRow& row : server_option_table()) {
    if (std::holds_alternative<std::string ServerOptions::*>(row.field)) continue;
    ServerOptions options;
    set_server_option(options, row, std::to_string(row.high == 65535 ? 80 : 1001), "x");
    EXPECT_NE(sum(options), sum(ServerOptions())) << row.flag;
  }
}

TEST(ServerOptions, ReadmeHasTheTable) {
  std::ifstream file(WORDFIRE_README);
  if (!file) GTEST_SKIP() << "there is no README.md";
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  const std::string wanted =
      "<!-- server options -->\n" + server_options_markdown() + "<!-- /server options -->";
  EXPECT_NE(readme.find(wanted), std::string::npos)
      << "README.md is stale; put the output of `serve --options-markdown` between its "
         "markers";
}

}  // namespace
}  // namespace wordfire::serve
