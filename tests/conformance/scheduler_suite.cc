#include "tests/conformance/conformance.h"

namespace godwit::executor::conformance {
namespace {

GivenWorld TwoJobs() {
  GivenWorld given;
  given.source.jobs = {{"load_orders", "2026-11-02", false}, {"daily_report", "2026-11-01", false}};
  given.target.jobs = {{"load_orders", "2026-11-02", true}};
  return given;
}

TEST_P(Conformance, JobsAreListedSorted) {
  Make(TwoJobs());
  EXPECT_EQ(*world().source.scheduler.ListJobs(), (std::vector<std::string>{"daily_report", "load_orders"}));
  EXPECT_EQ(*world().target.scheduler.ListJobs(), std::vector<std::string>{"load_orders"});
}

TEST_P(Conformance, AJobIsAsItWasGiven) {
  Make(TwoJobs());
  GODWIT_ASSERT_OK(const JobStatus job, world().source.scheduler.GetJob("load_orders"));
  EXPECT_TRUE(job.exists);
  EXPECT_FALSE(job.paused);
  EXPECT_EQ(job.in_flight, 0);
  EXPECT_EQ(job.cursor, "2026-11-02");
  EXPECT_TRUE(world().target.scheduler.GetJob("load_orders")->paused);
  EXPECT_FALSE(world().target.scheduler.GetJob("daily_report")->exists);
}

TEST_P(Conformance, PausingIsIdempotentAndFenced) {
  Make(TwoJobs());
  Scheduler& scheduler = world().source.scheduler;
  EXPECT_EFFECT(Effect::kDone, scheduler.SetPaused("load_orders", true, 2));
  EXPECT_EFFECT(Effect::kAlready, scheduler.SetPaused("load_orders", true, 2));
  EXPECT_TRUE(scheduler.GetJob("load_orders")->paused);
  EXPECT_FALSE(scheduler.GetJob("daily_report")->paused);
  if (!lacks().fenced_pause) {
    EXPECT_REFUSED(kConflict, scheduler.SetPaused("load_orders", false, 1));
    EXPECT_EQ(scheduler.GetJob("load_orders")->token, 2u);
    EXPECT_TRUE(scheduler.GetJob("load_orders")->paused);
  }
  EXPECT_EFFECT(Effect::kDone, scheduler.SetPaused("load_orders", false, 3));
  EXPECT_FALSE(scheduler.GetJob("load_orders")->paused);
}

TEST_P(Conformance, AJobThatIsNotThereCannotBePaused) {
  Make(TwoJobs());
  EXPECT_REFUSED(kInvalidInput, world().source.scheduler.SetPaused("no_such_job", true, 1));
}

TEST_P(Conformance, GuardsAreFencedAndKnowNothingOfPauses) {
  Make(TwoJobs());
  Scheduler& scheduler = world().source.scheduler;
  EXPECT_FALSE(scheduler.GetJob("load_orders")->guard_closed);
  EXPECT_EQ(scheduler.GetJob("load_orders")->guard_token, 0u);
  EXPECT_EFFECT(Effect::kDone, scheduler.SetGuard("load_orders", true, 2));
  EXPECT_EFFECT(Effect::kAlready, scheduler.SetGuard("load_orders", true, 2));
  EXPECT_REFUSED(kConflict, scheduler.SetGuard("load_orders", false, 1));
  EXPECT_REFUSED(kInvalidInput, scheduler.SetGuard("no_such_job", true, 1));
  EXPECT_EFFECT(Effect::kDone, scheduler.SetPaused("load_orders", true, 3));
  EXPECT_EFFECT(Effect::kDone, scheduler.SetPaused("load_orders", false, 3));
  GODWIT_ASSERT_OK(const JobStatus job, scheduler.GetJob("load_orders"));
  EXPECT_TRUE(job.guard_closed);
  EXPECT_EQ(job.guard_token, 2u);
  EXPECT_FALSE(job.paused);
  EXPECT_FALSE(scheduler.GetJob("daily_report")->guard_closed);
  EXPECT_EFFECT(Effect::kDone, scheduler.SetGuard("load_orders", false, 3));
}

TEST_P(Conformance, TheCursorMovesOnlyWhilePaused) {
  if (lacks().cursor) GTEST_SKIP();
  Make(TwoJobs());
  Scheduler& scheduler = world().source.scheduler;
  const std::string at = scheduler.GetJob("load_orders")->cursor;
  EXPECT_REFUSED(kConflict, scheduler.SetCursor("load_orders", at, "2026-11-05", 1));
  EXPECT_EFFECT(Effect::kDone, scheduler.SetPaused("load_orders", true, 2));
  EXPECT_EFFECT(Effect::kDone, scheduler.SetCursor("load_orders", at, "2026-11-05", 2));
  EXPECT_EFFECT(Effect::kAlready, scheduler.SetCursor("load_orders", at, "2026-11-05", 2));
  EXPECT_EQ(scheduler.GetJob("load_orders")->cursor, "2026-11-05");
  EXPECT_REFUSED(kInvalidInput, scheduler.SetCursor("load_orders", "2026-11-05", "tomorrow", 2));
  if (!lacks().fenced_pause) {
    EXPECT_REFUSED(kConflict, scheduler.SetCursor("load_orders", "2026-11-05", "2026-11-09", 1));
  }
  EXPECT_EQ(scheduler.GetJob("load_orders")->cursor, "2026-11-05");
}

TEST_P(Conformance, ALateRequestDoesNotMoveTheCursorBack) {
  if (lacks().cursor) GTEST_SKIP();
  Make(TwoJobs());
  Scheduler& scheduler = world().source.scheduler;
  const std::string at = scheduler.GetJob("load_orders")->cursor;
  EXPECT_EFFECT(Effect::kDone, scheduler.SetPaused("load_orders", true, 2));
  EXPECT_EFFECT(Effect::kDone, scheduler.SetCursor("load_orders", at, "2026-11-05", 2));
  EXPECT_EFFECT(Effect::kDone, scheduler.SetCursor("load_orders", "2026-11-05", "2026-11-06", 2));
  EXPECT_REFUSED(kConflict, scheduler.SetCursor("load_orders", at, "2026-11-05", 2));
  EXPECT_EQ(scheduler.GetJob("load_orders")->cursor, "2026-11-06");
}

TEST_P(Conformance, APausedJobIsNotDrainedBeforeItsRunEnds) {
  Make(TwoJobs());
  Scheduler& scheduler = world().source.scheduler;
  outside().BeginRun(Side::kSource, "load_orders", "2026-11-03");
  EXPECT_EFFECT(Effect::kDone, scheduler.SetPaused("load_orders", true, 2));
  EXPECT_EQ(scheduler.GetJob("load_orders")->in_flight, 1);
  outside().EndRun(Side::kSource, "load_orders", RunState::kSucceeded);
  EXPECT_EQ(scheduler.GetJob("load_orders")->in_flight, 0);
}

TEST_P(Conformance, TheNewestAttemptOfEachRunIsTold) {
  Make(TwoJobs());
  outside().BeginRun(Side::kSource, "load_orders", "2026-11-03");
  outside().EndRun(Side::kSource, "load_orders", RunState::kFailed);
  outside().BeginRun(Side::kSource, "load_orders", "2026-11-03");
  outside().EndRun(Side::kSource, "load_orders", RunState::kSucceeded);
  outside().BeginRun(Side::kSource, "load_orders", "2026-11-04");
  GODWIT_ASSERT_OK(const auto runs, world().source.scheduler.Runs("load_orders", "2026-11-03"));
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].due, "2026-11-03");
  EXPECT_EQ(runs[0].state, RunState::kSucceeded);
  EXPECT_EQ(runs[1].due, "2026-11-04");
  EXPECT_EQ(runs[1].state, RunState::kRunning);
  EXPECT_TRUE(world().source.scheduler.Runs("load_orders", "2026-11-05")->empty());
  EXPECT_TRUE(world().source.scheduler.Runs("daily_report", "")->empty());
}

}  // namespace
}  // namespace godwit::executor::conformance
