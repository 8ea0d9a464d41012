#include "executor/unit_memory.h"

#include <gtest/gtest.h>

namespace godwit::executor {
namespace {

using std::chrono::seconds;

TEST(UnitMemory, TheSlowestAnswerCountsAndFades) {
  UnitMemory memory;
  RememberAnswerTime(seconds(16), memory);
  RememberAnswerTime(seconds(1), memory);
  EXPECT_EQ(memory.slowest, seconds(15));
  for (int i = 0; i < 100; ++i) RememberAnswerTime(seconds(1), memory);
  EXPECT_LT(memory.slowest, seconds(2));
}

TEST(UnitMemory, AProcessThatWasStoppedDoesNotTakeThatForTheTimeOfAnAnswer) {
  UnitMemory memory;
  RememberAnswerTime(std::chrono::hours(9), memory);
  EXPECT_EQ(memory.slowest, kAnswerTimeMax);
}

}  // namespace
}  // namespace godwit::executor
