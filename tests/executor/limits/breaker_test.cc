#include "executor/breaker.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace godwit::executor {
namespace {

using namespace std::chrono_literals;

const BreakerPolicy kPolicy{8, 4, 50, 1min, 2};

TEST(OutcomeRing, CountsTheLastOnesAsAListDoes) {
  std::mt19937 random(7);
  for (const int window : {1, 2, 7, 64, 256}) {
    OutcomeRing ring;
    std::deque<bool> list;
    for (int i = 0; i < 2000; ++i) {
      const bool failed = random() % 3 == 0;
      ring.Add(failed, window);
      list.push_back(failed);
      if (static_cast<int>(list.size()) > window) list.pop_front();
      ASSERT_EQ(ring.count(), static_cast<int>(list.size()));
      ASSERT_EQ(ring.failures(), std::count(list.begin(), list.end(), true));
    }
  }
}

TEST(Breaker, FewAttemptsSayNothing) {
  Breaker breaker;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(breaker.Note(true, kPolicy, 0ns), BreakerChange::kNone);
  EXPECT_EQ(breaker.Note(true, kPolicy, 0ns), BreakerChange::kOpened);
  EXPECT_FALSE(breaker.MayBegin(kPolicy));
}

TEST(Breaker, OpensByTheShareOfFailuresNotByARow) {
  Breaker breaker;
  for (int i = 0; i < 40; ++i) {  // one in three
    EXPECT_EQ(breaker.Note(i % 3 == 2, kPolicy, 0ns), BreakerChange::kNone) << i;
  }
  BreakerChange change = BreakerChange::kNone;
  for (int i = 0; i < 8 && change == BreakerChange::kNone; ++i)
    change = breaker.Note(i % 2 == 0, kPolicy, 0ns);
  EXPECT_EQ(change, BreakerChange::kOpened);
}

TEST(Breaker, LetsProbesThroughAfterItsCoolDownAndCloses) {
  Breaker breaker;
  breaker.OpenAgain(0ns);
  breaker.Tick(kPolicy, 59s);
  EXPECT_EQ(breaker.state(), BreakerState::kOpen);
  EXPECT_EQ(breaker.Note(false, kPolicy, 59s), BreakerChange::kNone);  // begun before it opened
  breaker.Tick(kPolicy, 60s);
  ASSERT_EQ(breaker.state(), BreakerState::kHalfOpen);
  breaker.Began();
  EXPECT_TRUE(breaker.MayBegin(kPolicy));
  breaker.Began();
  EXPECT_FALSE(breaker.MayBegin(kPolicy));
  EXPECT_EQ(breaker.Note(false, kPolicy, 61s), BreakerChange::kNone);
  EXPECT_TRUE(breaker.MayBegin(kPolicy));
  EXPECT_EQ(breaker.Note(false, kPolicy, 62s), BreakerChange::kClosed);
  EXPECT_EQ(breaker.ring().count(), 0);
}

TEST(Breaker, OneFailedProbeOpensItForAnotherCoolDown) {
  Breaker breaker;
  breaker.OpenAgain(0ns);
  breaker.Tick(kPolicy, 60s);
  EXPECT_EQ(breaker.Note(true, kPolicy, 70s), BreakerChange::kOpened);
  breaker.Tick(kPolicy, 129s);
  EXPECT_EQ(breaker.state(), BreakerState::kOpen);
  breaker.Tick(kPolicy, 130s);
  EXPECT_EQ(breaker.state(), BreakerState::kHalfOpen);
}

TEST(Breaker, ProbesThatAreNeverHeardOfMakeWayForOthers) {
  Breaker breaker;
  breaker.OpenAgain(0ns);
  breaker.Tick(kPolicy, 60s);
  breaker.Began();
  breaker.Began();
  EXPECT_FALSE(breaker.MayBegin(kPolicy));
  breaker.Tick(kPolicy, 120s);
  EXPECT_TRUE(breaker.MayBegin(kPolicy));
}

}  // namespace
}  // namespace godwit::executor
