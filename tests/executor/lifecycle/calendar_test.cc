// Black-outs: once, weekly, before and after their first occurrence.
#include "executor/calendar.h"

#include <gtest/gtest.h>

namespace godwit::executor {
namespace {

using namespace std::chrono_literals;

Timestamp At(const char* text) { return *ParseTimestamp(text); }

std::string Until(const std::vector<Blackout>& blackouts, const char* at, Duration lasts = 0s) {
  const auto found = FindBlackout(blackouts, At(at), lasts);
  return found ? FormatTimestamp(found->until) : "";
}

TEST(Calendar, ABlackoutHoldsFromItsBeginUntilBeforeItsEnd) {
  const std::vector<Blackout> audit = {{At("2026-12-04"), At("2026-12-06"), false, false, "audit"}};
  EXPECT_EQ(Until(audit, "2026-12-03"), "");
  EXPECT_EQ(Until(audit, "2026-12-04"), FormatTimestamp(At("2026-12-06")));
  EXPECT_EQ(Until(audit, "2026-12-06"), "");
  EXPECT_EQ(Until(audit, "2026-12-03", 24h), FormatTimestamp(At("2026-12-06"))) << "it would run into it";
}

TEST(Calendar, AWeeklyOneComesBackAndWasThereBefore) {
  const std::vector<Blackout> weekend = {{At("2026-01-10"), At("2026-01-12"), true, false, ""}};
  EXPECT_EQ(Until(weekend, "2026-11-21"), FormatTimestamp(At("2026-11-23")));
  EXPECT_EQ(Until(weekend, "2026-11-23"), "");
  EXPECT_EQ(Until(weekend, "2026-11-20"), "");
  EXPECT_EQ(Until(weekend, "2025-12-28"), FormatTimestamp(At("2025-12-29")));
}

TEST(Calendar, TheOneThatEndsLastCounts) {
  const std::vector<Blackout> two = {{At("2026-12-01"), At("2026-12-02"), false, false, "short"},
                                     {At("2026-12-01"), At("2026-12-03"), false, false, "long"}};
  EXPECT_EQ(FindBlackout(two, At("2026-12-01"), 0s)->blackout->reason, "long");
}

}  // namespace
}  // namespace godwit::executor
