// Runs a test once for each instruction set that this processor has and the library was built for.
#pragma once

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include <cstdint>
#include <string>

namespace wordfire {

class EachTarget : public testing::TestWithParam<int64_t> {
 protected:
  EachTarget() { choose(GetParam()); }
  ~EachTarget() override { choose(0); }

 private:
  // 0: what the processor has.
  static void choose(int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

inline std::string name_of_target(const testing::TestParamInfo<int64_t>& target) {
  return hwy::TargetName(target.param);
}

}  // namespace wordfire

#define WORDFIRE_ON_EACH_TARGET(fixture)     \
  INSTANTIATE_TEST_SUITE_P(Targets, fixture, \
                           testing::ValuesIn(hwy::SupportedAndGeneratedTargets()), name_of_target)
