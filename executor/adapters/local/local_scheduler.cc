#include "executor/adapters/local/local_scheduler.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/adapters/local/job_table.h"
#include "executor/adapters/local/local_barrier.h"

namespace godwit::executor::local {
namespace {

constexpr size_t kTypicalRuns = 20;

bool IsRunning(const LocalRun& run) { return run.state == "running"; }

Duration TypicalRun(const std::vector<LocalRun>& runs) {
  std::vector<Duration> lengths;
  for (auto run = runs.rbegin(); run != runs.rend() && lengths.size() < kTypicalRuns; ++run) {
    if (run->state == "succeeded") lengths.push_back(run->ended - run->started);
  }
  if (lengths.empty()) return Duration(0);
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return *middle;
}

Result<std::optional<Timestamp>> NextStart(Database& db, const LocalJob& job) {
  if (job.cursor.empty()) return std::optional<Timestamp>();
  GODWIT_TRY_ASSIGN(const SiteClock clock, ReadClock(db));
  GODWIT_TRY_ASSIGN(const std::string due, AddDays(job.cursor, 1));
  GODWIT_TRY_ASSIGN(const Timestamp start, StartOfRun(due, job.at));
  return clock.RealTime(start);
}

Run RunOf(const LocalRun& run) {
  const RunState state = run.state == "running"     ? RunState::kRunning
                         : run.state == "succeeded" ? RunState::kSucceeded
                                                    : RunState::kFailed;
  const bool told = !run.message.empty() || state != RunState::kFailed;
  return {run.due, state, run.started, run.ended, told ? run.message : run.state};
}

// The row must be as it was asked for: a scheduler that takes no orders is noticed at once.
Status CheckTaken(Database& db, const LocalJob& wanted) {
  GODWIT_TRY_ASSIGN(const LocalJob job, ReadJob(db, wanted.name));
  if (job.paused == wanted.paused && job.cursor == wanted.cursor && job.token == wanted.token) return Ok();
  return Conflict(
      fmt::format("job {}: the scheduler does not take the change: see who may write to it", wanted.name));
}

Result<Effect> Change(Database& db, const LocalJob& before, const LocalJob& after) {
  if (before.paused == after.paused && before.cursor == after.cursor && before.token == after.token) {
    return Effect::kAlready;
  }
  GODWIT_TRY(db.Run("UPDATE jobs SET paused = ?, cursor = ?, token = ? WHERE name = ?",
                    {static_cast<int64_t>(after.paused), after.cursor, after.token, after.name}));
  GODWIT_TRY(CheckTaken(db, after));
  return Effect::kDone;
}

}  // namespace

Result<std::vector<std::string>> LocalScheduler::ListJobs() {
  return site_->Read([](Database& db) -> Result<std::vector<std::string>> {
    GODWIT_TRY_ASSIGN(const std::vector<Row> rows, db.Query("SELECT name FROM jobs ORDER BY name"));
    std::vector<std::string> jobs;
    for (const Row& row : rows) jobs.push_back(row.Text(0));
    return jobs;
  });
}

Result<JobStatus> LocalScheduler::GetJob(const std::string& name) {
  const auto look = [&](Database& db) -> Result<JobStatus> {
    GODWIT_TRY_ASSIGN(const std::vector<Row> there, db.Query("SELECT 1 FROM jobs WHERE name = ?", {name}));
    if (there.empty()) return JobStatus{};
    GODWIT_TRY_ASSIGN(const LocalJob job, ReadJob(db, name));
    GODWIT_TRY_ASSIGN(const std::vector<LocalRun> runs, ReadRuns(db, name));
    JobStatus status;
    status.exists = true;
    status.paused = job.paused;
    status.token = static_cast<Token>(job.token);
    status.in_flight = static_cast<int>(std::count_if(runs.begin(), runs.end(), IsRunning));
    status.counts_at_once = true;  // a run is a row, made in one transaction with the look at the pause
    status.cursor = job.cursor;
    GODWIT_TRY_ASSIGN(status.next_due, NextStart(db, job));
    status.typical_run = TypicalRun(runs);
    return status;
  };
  GODWIT_TRY_ASSIGN(const BarrierStatus guard, LocalBarrier(site_).Get(GuardOf(name), Party::kWriters));
  GODWIT_TRY_ASSIGN(JobStatus status, site_->Read(look));
  if (status.in_flight != 0) {
    GODWIT_TRY_ASSIGN(const bool any_dead, site_->Write([](Database& db) { return FailDeadRuns(db); }));
    if (any_dead) {
      GODWIT_TRY_ASSIGN(status, site_->Read(look));
    }
  }
  status.guard_closed = guard.closed;
  status.guard_token = guard.token;
  return status;
}

Result<std::vector<Run>> LocalScheduler::Runs(const std::string& job, const std::string& since) {
  return site_->Read([&](Database& db) -> Result<std::vector<Run>> {
    GODWIT_TRY(ReadJob(db, job));
    GODWIT_TRY_ASSIGN(const std::vector<LocalRun> all, ReadRuns(db, job));
    std::vector<Run> runs;
    for (const LocalRun& run : all) {
      if (run.due < since) continue;
      if (!runs.empty() && runs.back().due == run.due) runs.pop_back();  // a later attempt
      runs.push_back(RunOf(run));
    }
    return runs;
  });
}

Result<Effect> LocalScheduler::SetPaused(const std::string& name, bool paused, Token token) {
  return site_->Write([&](Database& db) -> Result<Effect> {
    GODWIT_TRY_ASSIGN(const LocalJob before, ReadJob(db, name));
    GODWIT_TRY(CheckToken("job " + name, token, before.token));
    LocalJob after = before;
    after.paused = paused;
    after.token = static_cast<int64_t>(token);
    return Change(db, before, after);
  });
}

Result<Effect> LocalScheduler::SetGuard(const std::string& name, bool closed, Token token) {
  GODWIT_TRY(site_->Read([&](Database& db) { return ReadJob(db, name); }));
  return LocalBarrier(site_).Set(GuardOf(name), Party::kWriters, closed, token);
}

Result<Effect> LocalScheduler::SetCursor(const std::string& name, const std::string& was,
                                         const std::string& cursor, Token token) {
  GODWIT_TRY(AddDays(cursor, 0));
  return site_->Write([&](Database& db) -> Result<Effect> {
    GODWIT_TRY_ASSIGN(const LocalJob before, ReadJob(db, name));
    GODWIT_TRY(CheckToken("job " + name, token, before.token));
    if (!before.paused) return Conflict(fmt::format("job {}: pause it before its cursor is moved", name));
    if (before.cursor != cursor && before.cursor != was) {
      return Conflict(
          fmt::format("job {}: its cursor stands at '{}', not at '{}'", name, before.cursor, was));
    }
    LocalJob after = before;
    after.cursor = cursor;
    after.token = static_cast<int64_t>(token);
    return Change(db, before, after);
  });
}

}  // namespace godwit::executor::local
