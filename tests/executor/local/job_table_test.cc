#include "executor/adapters/local/job_table.h"

#include <gtest/gtest.h>

namespace godwit::executor::local {
namespace {

using Kind = Readiness::Kind;

LocalJob Report() {
  LocalJob job;
  job.name = "report";
  job.command = {"true"};
  job.at = "01:30";
  job.waits_for = {"ods.orders", "dws.level@-1d"};
  job.cursor = "2026-11-01";
  return job;
}

// Everything is there for the run of the 2nd, in the morning of the 3rd.
Situation AllThere() {
  Situation situation;
  situation.site_now = *ParseTimestamp("2026-11-03T01:30");
  situation.real_now = *ParseTimestamp("2030-01-01");
  situation.watermarks = {{"ods.orders", "2026-11-02"}, {"dws.level", "2026-11-01"}};
  return situation;
}

LocalRun RunOf(const std::string& due, const std::string& state) {
  LocalRun run;
  run.due = due;
  run.state = state;
  run.message = "last words";
  return run;
}

Readiness Decided(const LocalJob& job, const Situation& situation) {
  const Result<Readiness> readiness = Decide(job, situation);
  EXPECT_TRUE(readiness.ok()) << readiness.error().message;
  return readiness.ok() ? *readiness : Readiness{};
}

TEST(Decide, StartsWhenEverythingIsThere) {
  const Readiness readiness = Decided(Report(), AllThere());
  EXPECT_EQ(readiness.kind, Kind::kReady);
  EXPECT_EQ(readiness.due, "2026-11-02");
}

TEST(Decide, WaitsForTheTimeOfDay) {
  Situation situation = AllThere();
  situation.site_now -= Duration(1);
  EXPECT_EQ(Decided(Report(), situation).kind, Kind::kNotDue);
}

TEST(Decide, WaitsForItsTables) {
  Situation situation = AllThere();
  situation.watermarks["ods.orders"] = "2026-11-01";
  EXPECT_EQ(Decided(Report(), situation).text, "waits for ods.orders of 2026-11-02");
  situation = AllThere();
  situation.watermarks["dws.level"] = "2026-10-31";
  EXPECT_EQ(Decided(Report(), situation).text, "waits for dws.level of 2026-11-01");
  situation.watermarks.erase("dws.level");
  EXPECT_EQ(Decided(Report(), situation).kind, Kind::kWaiting);
}

TEST(Decide, StandsStillWhilePausedOrWithoutCursor) {
  LocalJob job = Report();
  job.paused = true;
  EXPECT_EQ(Decided(job, AllThere()).kind, Kind::kPaused);
  job = Report();
  job.cursor = "";
  EXPECT_EQ(Decided(job, AllThere()).kind, Kind::kNoCursor);
}

TEST(Decide, RunsOneRunAtATime) {
  Situation situation = AllThere();
  situation.runs = {RunOf("2026-10-07", "running")};
  EXPECT_EQ(Decided(Report(), situation).kind, Kind::kRunning);
}

TEST(Decide, TriesAgainAfterASecondAndGivesUpAfterThreeFailures) {
  Situation situation = AllThere();
  situation.runs = {RunOf("2026-11-02", "failed"), RunOf("2026-11-02", "failed")};
  situation.runs[1].ended = situation.real_now - Duration(999);
  EXPECT_EQ(Decided(Report(), situation).kind, Kind::kRetryLater);
  situation.runs[1].ended -= Duration(1);
  EXPECT_EQ(Decided(Report(), situation).kind, Kind::kReady);
  situation.runs.push_back(RunOf("2026-11-02", "failed"));
  EXPECT_EQ(Decided(Report(), situation).kind, Kind::kGaveUp);
  EXPECT_EQ(Decided(Report(), situation).text, "failed 3 times: last words");
}

TEST(Decide, CountsNeitherDeniedNorClearedNorOldRuns) {
  Situation situation = AllThere();
  for (int i = 0; i < 9; ++i)
    situation.runs.push_back(RunOf("2026-11-02", i % 2 == 0 ? "denied" : "cleared"));
  EXPECT_EQ(Decided(Report(), situation).kind, Kind::kReady);
  // The cursor was moved back to run a date once more.
  situation.runs.assign(3, RunOf("2026-11-02", "failed"));
  situation.runs.push_back(RunOf("2026-11-02", "succeeded"));
  EXPECT_EQ(Decided(Report(), situation).kind, Kind::kReady);
}

TEST(CheckJob, RefusesWhatNoSchedulerCouldUse) {
  EXPECT_TRUE(CheckJob(Report()).ok());
  const auto refused = [](auto change) {
    LocalJob job = Report();
    change(job);
    return !CheckJob(job).ok();
  };
  EXPECT_TRUE(refused([](LocalJob& job) { job.at = "1:30"; }));
  EXPECT_TRUE(refused([](LocalJob& job) { job.at = "25:00"; }));
  EXPECT_TRUE(refused([](LocalJob& job) { job.command.clear(); }));
  EXPECT_TRUE(refused([](LocalJob& job) { job.cursor = "yesterday"; }));
  for (const char* wait :
       {"orders", "ods.orders@1d", "ods.orders@-1", "ods.orders@-d", "ods.orders@-1h", "ods.orders@"}) {
    EXPECT_TRUE(refused([&](LocalJob& job) { job.waits_for = {wait}; })) << wait;
  }
}

TEST(SiteClock, RunsAtItsSpeed) {
  const SiteClock clock{Timestamp(Duration(1000)), *ParseTimestamp("2026-11-01"), 14400};
  EXPECT_EQ(FormatTimestamp(clock.SiteTime(Timestamp(Duration(7000)))), "2026-11-02T00:00:00Z");
  EXPECT_EQ(clock.RealTime(*ParseTimestamp("2026-11-02")), Timestamp(Duration(7000)));
}

TEST(DueDates, AreCountedInCalendarDays) {
  EXPECT_EQ(*AddDays("2026-11-30", 1), "2026-12-01");
  EXPECT_EQ(*AddDays("2028-03-01", -1), "2028-02-29");
  EXPECT_EQ(FormatTimestamp(*StartOfRun("2026-12-31", "01:30")), "2027-01-01T01:30:00Z");
  for (const char* date : {"", "2026-11-31", "2026-11-01T00:00", "20261101"})
    EXPECT_FALSE(AddDays(date, 1).ok()) << date;
}

}  // namespace
}  // namespace godwit::executor::local
