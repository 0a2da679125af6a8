#include "io/opening_fault.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <new>

#include "core/error.h"

namespace wordfire {
namespace {

SystemFault fault_of(int number) {
  try {
    refuse_opening("path", number);
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("path: cannot open ("), 0u);
    return error.fault();
  }
}

TEST(OpeningFault, WhatMayPassIsNotTakenForMissing) {
  for (const int number : {EMFILE, ENFILE, EINTR, EIO}) {
    EXPECT_EQ(fault_of(number), SystemFault::kIo) << number;
    EXPECT_TRUE(may_pass(number)) << number;
  }
  for (const int number : {ENOENT, ENOTDIR, EACCES, ELOOP}) {
    EXPECT_EQ(fault_of(number), SystemFault::kNoInput) << number;
    EXPECT_FALSE(may_pass(number)) << number;
  }
}

TEST(OpeningFault, WantOfMemoryIsThatOfEveryOther) {
  EXPECT_THROW(refuse_opening("path", ENOMEM), std::bad_alloc);
}

}  // namespace
}  // namespace wordfire
