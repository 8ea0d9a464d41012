#include "executor/adapters/local/job_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "executor/adapters/local/meta_text.h"
#include "executor/ports/table_meta.h"

namespace godwit::executor::local {
namespace {

constexpr char kJobColumns[] =
    "SELECT name, workflow, kind, owner, command, at, waits_for, paused, token, cursor FROM jobs ";
constexpr char kRunColumns[] =
    "SELECT id, job, due, attempt, state, pid, pid_start, started_ms, ended_ms, message FROM runs ";

Result<LocalJob> JobOf(const Row& row) {
  LocalJob job;
  job.name = row.Text(0);
  job.workflow = row.Text(1);
  job.kind = row.Text(2);
  job.owner = row.Text(3);
  GODWIT_TRY_ASSIGN(job.command, ParseWords(row.Text(4)));
  job.at = row.Text(5);
  GODWIT_TRY_ASSIGN(job.waits_for, ParseWords(row.Text(6)));
  job.paused = row.Int(7) != 0;
  job.token = row.Int(8);
  job.cursor = row.Text(9);
  return job;
}

LocalRun RunOf(const Row& row) {
  return {row.Int(0),
          row.Text(1),
          row.Text(2),
          row.Int(3),
          row.Text(4),
          {row.Int(5), row.Int(6)},
          Timestamp(Duration(row.Int(7))),
          Timestamp(Duration(row.Int(8))),
          row.Text(9)};
}

std::vector<LocalRun> RunsOf(const std::vector<Row>& rows) {
  std::vector<LocalRun> runs;
  for (const Row& row : rows) runs.push_back(RunOf(row));
  return runs;
}

struct Wait {
  std::string table;
  int days = 0;  // 0, or negative
};

// "db.table" or "db.table@-1d".
Result<Wait> ParseWait(const std::string& text) {
  const Error malformed = InvalidInput(fmt::format("'{}': a job waits for db.table or db.table@-1d", text));
  const size_t mark = text.find('@');
  Wait wait{text.substr(0, mark), 0};
  if (!ParseTableName(wait.table).ok()) return malformed;
  if (mark == std::string::npos) return wait;
  const char* end = text.data() + text.size() - 1;
  const auto [rest, error] = std::from_chars(text.data() + mark + 1, end, wait.days);
  if (error != std::errc() || rest != end || *end != 'd' || wait.days > 0) return malformed;
  return wait;
}

Result<std::map<std::string, std::string>> ReadWatermarks(Database& db) {
  GODWIT_TRY_ASSIGN(
      const std::vector<Row> rows,
      db.Query("SELECT db || '.' || name, json_extract(parameters, '$.watermark') FROM tables"));
  std::map<std::string, std::string> watermarks;
  for (const Row& row : rows) watermarks[row.Text(0)] = row.Text(1);
  return watermarks;
}

// "" if every table that the job waits for is complete.
Result<std::string> WaitingFor(const LocalJob& job, const std::string& due, const Situation& situation) {
  for (const std::string& text : job.waits_for) {
    GODWIT_TRY_ASSIGN(const Wait wait, ParseWait(text));
    GODWIT_TRY_ASSIGN(const std::string wanted, AddDays(due, wait.days));
    const auto found = situation.watermarks.find(wait.table);
    if (found == situation.watermarks.end() || found->second < wanted) {
      return fmt::format("waits for {} of {}", wait.table, wanted);
    }
  }
  return std::string();
}

}  // namespace

Result<std::vector<LocalJob>> ReadJobs(Database& db) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows, db.Query(std::string(kJobColumns) + "ORDER BY name"));
  std::vector<LocalJob> jobs;
  for (const Row& row : rows) {
    GODWIT_TRY_ASSIGN(LocalJob job, JobOf(row));
    jobs.push_back(std::move(job));
  }
  return jobs;
}

Result<LocalJob> ReadJob(Database& db, const std::string& name) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows,
                    db.Query(std::string(kJobColumns) + "WHERE name = ?", {name}));
  if (rows.empty()) return InvalidInput(fmt::format("{}: there is no such job", name));
  return JobOf(rows[0]);
}

Status CheckJob(const LocalJob& job) {
  if (job.name.empty() || job.command.empty())
    return InvalidInput(fmt::format("job '{}' has no command", job.name));
  GODWIT_TRY(StartOfRun("2000-01-01", job.at));
  for (const std::string& text : job.waits_for) GODWIT_TRY(ParseWait(text));
  if (!job.cursor.empty()) GODWIT_TRY(AddDays(job.cursor, 0));
  return Ok();
}

Status WriteJob(Database& db, const LocalJob& job) {
  GODWIT_TRY_ASSIGN(const std::string command, WordsText(job.command));
  GODWIT_TRY_ASSIGN(const std::string waits_for, WordsText(job.waits_for));
  return db.Run(
      "INSERT INTO jobs(name, workflow, kind, owner, command, at, waits_for, paused, token, cursor) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET workflow = excluded.workflow, kind = "
      "excluded.kind, "
      "owner = excluded.owner, command = excluded.command, at = excluded.at, waits_for = excluded.waits_for",
      {job.name, job.workflow, job.kind, job.owner, command, job.at, waits_for,
       static_cast<int64_t>(job.paused), job.token, job.cursor});
}

Result<std::vector<LocalRun>> ReadRuns(Database& db, const std::string& job) {
  GODWIT_TRY_ASSIGN(
      const std::vector<Row> rows,
      db.Query(std::string(kRunColumns) + "WHERE ?1 = '' OR job = ?1 ORDER BY job, due, attempt", {job}));
  return RunsOf(rows);
}

Result<std::vector<LocalRun>> ReadRunsAfter(Database& db, int64_t id) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows,
                    db.Query(std::string(kRunColumns) + "WHERE id > ? ORDER BY id", {id}));
  return RunsOf(rows);
}

Result<int64_t> NewestRun(Database& db) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows, db.Query("SELECT max(id) FROM runs"));
  return rows.at(0).Int(0);
}

Result<int64_t> AddRun(Database& db, const std::string& job, const std::string& due) {
  GODWIT_TRY_ASSIGN(
      const std::vector<Row> rows,
      db.Query("INSERT INTO runs(job, due, attempt, state, pid, pid_start, started_ms) VALUES(?1, ?2, "
               "(SELECT coalesce(max(attempt), 0) + 1 FROM runs WHERE job = ?1 AND due = ?2), 'running', 0, "
               "0, ?3) "
               "RETURNING id",
               {job, due, RealNow().time_since_epoch().count()}));
  return rows.at(0).Int(0);
}

Result<int64_t> ClearFailures(Database& db, const std::string& job) {
  GODWIT_TRY_ASSIGN(const LocalJob known, ReadJob(db, job));
  GODWIT_TRY(db.Run("UPDATE runs SET state = 'cleared' WHERE job = ? AND state = 'failed' AND due > ?",
                    {known.name, known.cursor}));
  return db.changes();
}

Result<bool> FailDeadRuns(Database& db) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows,
                    db.Query(std::string(kRunColumns) + "WHERE state = 'running' AND pid <> 0"));
  bool any = false;
  for (const LocalRun& run : RunsOf(rows)) {
    if (IsAlive(run.process)) continue;
    // A run's process writes its outcome before it ends; asked again here since it may have done so
    // meanwhile.
    GODWIT_TRY(
        db.Run("UPDATE runs SET state = 'failed', ended_ms = ?, message = 'its process is gone' "
               "WHERE id = ? AND state = 'running' AND pid = ? AND pid_start = ?",
               {RealNow().time_since_epoch().count(), run.id, run.process.pid, run.process.start}));
    any = true;
  }
  return any;
}

Result<Readiness> Decide(const LocalJob& job, const Situation& situation) {
  using Kind = Readiness::Kind;
  if (job.cursor.empty()) return Readiness{Kind::kNoCursor, "", "has no cursor"};
  GODWIT_TRY_ASSIGN(const std::string due, AddDays(job.cursor, 1));
  int failures = 0;
  Timestamp last_end{};
  for (const LocalRun& run : situation.runs) {
    if (run.state == "running") return Readiness{Kind::kRunning, due, fmt::format("runs for {}", run.due)};
    if (run.due != due || run.state == "cleared") continue;
    if (run.state == "succeeded") failures = 0;  // the cursor was moved back since
    if (run.state == "failed") ++failures;
    last_end = std::max(last_end, run.ended);
  }
  if (job.paused) return Readiness{Kind::kPaused, due, "paused"};
  GODWIT_TRY_ASSIGN(const Timestamp start, StartOfRun(due, job.at));
  if (situation.site_now < start)
    return Readiness{Kind::kNotDue, due, fmt::format("due {}", FormatTimestamp(start))};
  if (failures >= kAttemptsMax) {
    return Readiness{Kind::kGaveUp, due,
                     fmt::format("failed {} times: {}", failures, situation.runs.back().message)};
  }
  GODWIT_TRY_ASSIGN(const std::string waiting, WaitingFor(job, due, situation));
  if (!waiting.empty()) return Readiness{Kind::kWaiting, due, waiting};
  if (situation.real_now < last_end + kRetryAfter) return Readiness{Kind::kRetryLater, due, "tries again"};
  return Readiness{Kind::kReady, due, "ready"};
}

Result<std::vector<JobReadiness>> ReadReadiness(Database& db) {
  GODWIT_TRY_ASSIGN(const std::vector<LocalJob> jobs, ReadJobs(db));
  GODWIT_TRY_ASSIGN(const SiteClock clock, ReadClock(db));
  Situation situation;
  GODWIT_TRY_ASSIGN(situation.watermarks, ReadWatermarks(db));
  situation.real_now = RealNow();
  situation.site_now = clock.SiteTime(situation.real_now);
  std::vector<JobReadiness> result;
  for (const LocalJob& job : jobs) {
    GODWIT_TRY_ASSIGN(const std::vector<Row> rows,
                      db.Query(std::string(kRunColumns) +
                                   "WHERE job = ?1 AND (due > ?2 OR state = 'running') ORDER BY due, attempt",
                               {job.name, job.cursor}));
    situation.runs = RunsOf(rows);
    GODWIT_TRY_ASSIGN(const Readiness readiness, Decide(job, situation));
    result.push_back({job, readiness});
  }
  return result;
}

}  // namespace godwit::executor::local
