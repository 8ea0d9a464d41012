#include "base/time.h"

#include <gtest/gtest.h>

namespace godwit {
namespace {

using namespace std::chrono_literals;

TEST(Timestamp, RoundTripsThroughText) {
  for (const char* text : {"2026-11-22T08:30:05Z", "2024-02-29T23:59:59.007Z", "1970-01-01T00:00:00Z"}) {
    const Result<Timestamp> time = ParseTimestamp(text);
    ASSERT_TRUE(time.ok()) << time.error().message;
    EXPECT_EQ(FormatTimestamp(*time), text);
  }
}

TEST(Timestamp, TakesShortForms) {
  EXPECT_EQ(FormatTimestamp(*ParseTimestamp("2026-11-22")), "2026-11-22T00:00:00Z");
  EXPECT_EQ(FormatTimestamp(*ParseTimestamp("2026-11-22 08:30")), "2026-11-22T08:30:00Z");
}

TEST(Timestamp, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026", "2026-13-01", "2025-02-29", "2026-11-22T25:00", "2026-11-22x",
                           "20261122", "2026-11-22T08:30:05.2"}) {
    EXPECT_FALSE(ParseTimestamp(text).ok()) << text;
  }
}

TEST(DurationText, ShowsTheTwoLargestUnits) {
  EXPECT_EQ(FormatDuration(0ms), "0s");
  EXPECT_EQ(FormatDuration(850ms), "850ms");
  EXPECT_EQ(FormatDuration(400s), "6m40s");
  EXPECT_EQ(FormatDuration(51h + 5min + 1s), "2d3h");
  EXPECT_EQ(FormatDuration(24h + 5min), "1d");
  EXPECT_EQ(FormatDuration(-90s), "-1m30s");
}

TEST(DurationText, ReadsPartsAndRefusesBareNumbers) {
  EXPECT_EQ(*ParseDuration("1h30m"), Duration(90min));
  EXPECT_EQ(*ParseDuration("250ms"), Duration(250ms));
  EXPECT_EQ(*ParseDuration("2d"), Duration(48h));
  for (const char* text : {"", "30", "h", "1x", "-5m", "1h 30m", "99999999999999999999d"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

}  // namespace
}  // namespace godwit
