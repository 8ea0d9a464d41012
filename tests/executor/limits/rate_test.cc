#include "executor/rate.h"

#include <gtest/gtest.h>

namespace godwit::executor {
namespace {

using namespace std::chrono_literals;

constexpr int64_t kMb = 1'000'000;
constexpr uint8_t kWorkdays = 0x1f;

Timestamp At(const char* text) { return *ParseTimestamp(text); }

// Workdays 08-20 slow, nights nothing on Sunday, else 100 MB/s; a clock eight hours ahead of UTC.
RateTable Table() {
  RateTable table;
  table.utc_offset = 8h;
  table.windows = {{kWorkdays, 8 * 60, 20 * 60, 20 * kMb}, {1 << 6, 22 * 60, 6 * 60, 0}};
  table.otherwise = 100 * kMb;
  return table;
}

TEST(Rate, FollowsWeekdayAndHourOfTheTablesClock) {
  // 2026-11-20 is a Friday; 00:00 UTC is 08:00 there.
  EXPECT_EQ(RateAt(Table(), At("2026-11-19T23:59")).bytes_per_second, 100 * kMb);
  EXPECT_EQ(RateAt(Table(), At("2026-11-20T00:00")).bytes_per_second, 20 * kMb);
  EXPECT_EQ(RateAt(Table(), At("2026-11-20T11:59")).bytes_per_second, 20 * kMb);
  EXPECT_EQ(RateAt(Table(), At("2026-11-20T12:00")).bytes_per_second, 100 * kMb);
  EXPECT_EQ(RateAt(Table(), At("2026-11-21T03:00")).bytes_per_second, 100 * kMb);  // Saturday
}

TEST(Rate, ANightBelongsToTheDayOnWhichItBegins) {
  EXPECT_EQ(RateAt(Table(), At("2026-11-22T13:59")).bytes_per_second, 100 * kMb);
  EXPECT_EQ(RateAt(Table(), At("2026-11-22T14:00")).bytes_per_second, 0);  // Sunday 22:00
  EXPECT_EQ(RateAt(Table(), At("2026-11-22T21:59")).bytes_per_second, 0);  // Monday 05:59
  EXPECT_EQ(RateAt(Table(), At("2026-11-22T22:00")).bytes_per_second, 100 * kMb);
}

TEST(Rate, SaysWhenItChanges) {
  EXPECT_EQ(RateAt(Table(), At("2026-11-20T03:30:10")).until, At("2026-11-20T12:00"));
  EXPECT_EQ(RateAt(Table(), At("2026-11-22T15:00")).until, At("2026-11-22T22:00"));
  EXPECT_EQ(RateAt(RateTable{}, At("2026-11-22")).until, std::nullopt);
  EXPECT_EQ(RateAt(RateTable{}, At("2026-11-22")).bytes_per_second, std::nullopt);
}

TEST(TokenBucket, KeepsTheAverageAndSavesUpNoMoreThanABurst) {
  TokenBucket bucket;
  bucket.Fill(10, 0ns, 60s);
  EXPECT_TRUE(bucket.MayTake());  // empty is no debt
  bucket.Take(100);
  EXPECT_FALSE(bucket.MayTake());
  EXPECT_EQ(std::chrono::round<std::chrono::seconds>(bucket.Wait(10)), 10s);
  bucket.Fill(10, 9s, 60s);
  EXPECT_FALSE(bucket.MayTake());
  bucket.Fill(10, 11s, 60s);
  EXPECT_TRUE(bucket.MayTake());
  bucket.Fill(10, 1h, 60s);
  bucket.Take(601);
  EXPECT_FALSE(bucket.MayTake());
}

TEST(TokenBucket, OverADayNoMoreThanTheRateGoesThrough) {
  TokenBucket bucket;
  int64_t sent = 0;
  for (auto now = 0s; now <= 24h; now += 7s) {
    bucket.Fill(1000, now, 60s);
    while (bucket.MayTake()) {
      bucket.Take(50'000);
      sent += 50'000;
    }
  }
  EXPECT_LE(sent, 86'400'000 + 60'000 + 50'000);
  EXPECT_GE(sent, 86'400'000 - 100'000);
}

}  // namespace
}  // namespace godwit::executor
