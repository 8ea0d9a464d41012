#include "executor/limiter.h"

#include <gtest/gtest.h>

namespace godwit::executor {
namespace {

using namespace std::chrono_literals;

const Timestamp kMonday = *ParseTimestamp("2026-11-23T10:00");

StartCopy CopyOf(int64_t bytes) {
  StartCopy copy;
  copy.direction = Direction::kToTarget;
  copy.partitions.resize(1);
  copy.partitions[0].bytes = bytes;
  return copy;
}

UnitRow RowIn(UnitState state) {
  UnitRow row;
  row.state = state;
  return row;
}

TEST(Limiter, WithoutLimitsEverythingMayBegin) {
  const Policy policy;
  Limiter limiter(policy, 1, nullptr);
  limiter.Advance(0ns, kMonday);
  const UnitRow row = RowIn(UnitState::kBulkCopy);
  EXPECT_EQ(limiter.BrakeOf(0, row), "");
  EXPECT_TRUE(limiter.MayBegin(0, row, CopyOf(1 << 30), 1000));
  EXPECT_EQ(limiter.BytesPerSecond(Side::kSource), 0);
}

TEST(Limiter, ARateOfNothingStopsCopiesUntilItChangesButNotThoseOfAFreeze) {
  Policy policy;
  policy.rates[0].windows = {{0x1f, 8 * 60, 20 * 60, 0}};
  Limiter limiter(policy, 1, nullptr);
  limiter.Advance(0ns, kMonday);
  EXPECT_EQ(limiter.BrakeOf(0, RowIn(UnitState::kDualRun)),
            "the rate table lets no copy begin before 2026-11-23T20:00:00Z");
  EXPECT_EQ(limiter.BrakeOf(0, RowIn(UnitState::kFinalCopy)), "");
  UnitRow back = RowIn(UnitState::kDualRun);
  back.from = Side::kTarget;  // the other link has no such window
  EXPECT_EQ(limiter.BrakeOf(0, back), "");
  limiter.Advance(10h, kMonday + 10h);
  EXPECT_EQ(limiter.BrakeOf(0, RowIn(UnitState::kDualRun)), "");
}

TEST(Limiter, CopiesWaitUntilTheLinksDebtIsPaid) {
  Policy policy;
  policy.bytes_per_second_max = 1000;
  policy.burst = 10s;
  Limiter limiter(policy, 1, nullptr);
  const UnitRow row = RowIn(UnitState::kBulkCopy), frozen = RowIn(UnitState::kFinalCopy);
  limiter.Advance(0ns, kMonday);
  ASSERT_TRUE(limiter.MayBegin(0, row, CopyOf(50'000), 0));
  limiter.Begin(0, CopyOf(50'000));
  limiter.TakeBack();  // the journal was full
  ASSERT_TRUE(limiter.MayBegin(0, row, CopyOf(50'000), 0));
  limiter.Begin(0, CopyOf(50'000));
  limiter.Confirm();
  EXPECT_FALSE(limiter.MayBegin(0, row, CopyOf(1), 1));
  EXPECT_TRUE(limiter.MayBegin(0, frozen, CopyOf(1), 1));
  limiter.Advance(49s, kMonday + 49s);
  EXPECT_FALSE(limiter.MayBegin(0, row, CopyOf(1), 1));
  limiter.Advance(51s, kMonday + 51s);
  EXPECT_TRUE(limiter.MayBegin(0, row, CopyOf(1), 1));
}

TEST(Limiter, NoMoreCopiesThanThePoolHas) {
  Policy policy;
  policy.copies_max = 3;
  Limiter limiter(policy, 1, nullptr);
  limiter.Advance(0ns, kMonday);
  EXPECT_TRUE(limiter.MayBegin(0, RowIn(UnitState::kBulkCopy), CopyOf(1), 2));
  EXPECT_FALSE(limiter.MayBegin(0, RowIn(UnitState::kBulkCopy), CopyOf(1), 3));
  EXPECT_TRUE(limiter.MayBegin(0, RowIn(UnitState::kFinalCopy), CopyOf(1), 3));
}

TEST(Limiter, AUnitsBreakerStopsThatUnitAndTheRunsAll) {
  Policy policy;
  policy.breaker = BreakerPolicy{10, 4, 50, 1min, 2};
  Limiter limiter(policy, 2, nullptr);
  limiter.Advance(0ns, kMonday);
  for (int i = 0; i < 6; ++i) limiter.Note(1, false, "");
  for (int i = 0; i < 4; ++i) limiter.Note(0, true, "no answer");
  std::vector<BreakerNews> news = limiter.TakeNews();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].unit, std::optional<size_t>(0));
  EXPECT_EQ(news[0].why, "4 of the last 4 attempts failed, the last: no answer");
  EXPECT_EQ(limiter.BrakeOf(0, RowIn(UnitState::kFinalCopy)),
            "its breaker is open: 4 of the last 4 attempts failed, the last: no answer");
  EXPECT_EQ(limiter.BrakeOf(1, RowIn(UnitState::kDualRun)), "");
  limiter.Note(1, true, "no answer");
  news = limiter.TakeNews();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].unit, std::nullopt);
  EXPECT_NE(limiter.BrakeOf(1, RowIn(UnitState::kDualRun)), "");
  limiter.Advance(1min, kMonday);
  EXPECT_EQ(limiter.FreezesMax(), 1);
  limiter.Note(1, false, "");
  limiter.Note(1, false, "");
  news = limiter.TakeNews();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].change, BreakerChange::kClosed);
  EXPECT_EQ(limiter.FreezesMax(), policy.freezes_max);
}

TEST(Limiter, AnOpenBreakerIsNotInTheWayOfAThaw) {
  Policy policy;
  policy.breaker = BreakerPolicy{};
  Limiter limiter(policy, 1, nullptr);
  limiter.Restore(std::nullopt, "12 of 20", 0ns);
  limiter.Advance(1s, kMonday);
  const UnitRow row = RowIn(UnitState::kDualRun);
  EXPECT_FALSE(limiter.MayBegin(0, row, CopyOf(1), 0));
  EXPECT_TRUE(limiter.MayBegin(0, row, SetBarrier{Side::kSource, {"a", "b"}, Party::kWriters, false, 3}, 0));
  EXPECT_TRUE(limiter.MayBegin(0, row, SetPaused{Side::kSource, "job", false, 3}, 0));
  EXPECT_TRUE(limiter.MayBegin(0, RowIn(UnitState::kCancelling), CopyOf(1), 0));
}

TEST(Limiter, AnOpenBreakerStaysOpenOverARestart) {
  Policy policy;
  policy.breaker = BreakerPolicy{};
  Limiter limiter(policy, 1, nullptr);
  limiter.Restore(std::nullopt, "12 of 20", 0ns);
  limiter.Advance(1s, kMonday);
  EXPECT_EQ(limiter.BrakeOf(0, RowIn(UnitState::kBulkCopy)), "the run's breaker is open: 12 of 20");
}

TEST(Limiter, TheOutsideStopsNewWorkButNotWhatIsFrozen) {
  const Policy policy;
  std::string load = "the load is 9, above 5";
  Limiter limiter(policy, 1, [&] { return load; });
  limiter.Advance(0ns, kMonday);
  EXPECT_EQ(limiter.BrakeOf(0, RowIn(UnitState::kPlanned)), load);
  EXPECT_EQ(limiter.BrakeOf(0, RowIn(UnitState::kReady)), "");
  EXPECT_EQ(limiter.BrakeOf(0, RowIn(UnitState::kUnfreezing)), "");
  load.clear();
  limiter.Advance(1s, kMonday);
  EXPECT_EQ(limiter.BrakeOf(0, RowIn(UnitState::kPlanned)), "");
}

}  // namespace
}  // namespace godwit::executor
