// executor/adapters/local/job_table.h — the jobs and runs of site.db, and whether a job's next run may start.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "executor/adapters/local/process_identity.h"
#include "executor/adapters/local/site_clock.h"
#include "executor/adapters/local/sqlite.h"

namespace godwit::executor::local {

inline constexpr int kAttemptsMax = 3;
inline constexpr Duration kRetryAfter{1000};

struct LocalJob {
  std::string name;
  std::string workflow;
  std::string kind;
  std::string owner;
  std::vector<std::string> command;
  std::string at;
  std::vector<std::string> waits_for;  // "db.table" or "db.table@-1d"
  bool paused = false;
  int64_t token = 0;
  std::string cursor;
};

struct LocalRun {
  int64_t id = 0;
  std::string job;
  std::string due;
  int64_t attempt = 0;
  std::string state;  // running | succeeded | failed | denied | cleared
  ProcessIdentity process;
  Timestamp started{};
  Timestamp ended{};
  std::string message;
};

// Sorted by name.
Result<std::vector<LocalJob>> ReadJobs(Database& db);
// Errors: kInvalidInput if there is no such job.
Result<LocalJob> ReadJob(Database& db, const std::string& name);
// Errors: kInvalidInput for a field that no scheduler could use.
Status CheckJob(const LocalJob& job);
// A new job, or the new definition of one that is there (its pause and cursor stay).
Status WriteJob(Database& db, const LocalJob& job);

// All of a job's runs, by due date and attempt; of every job for "".
Result<std::vector<LocalRun>> ReadRuns(Database& db, const std::string& job);
// Every job's with a larger id, by id.
Result<std::vector<LocalRun>> ReadRunsAfter(Database& db, int64_t id);
Result<int64_t> NewestRun(Database& db);  // its id; 0 if there was none
// A run that waits for its process, the next attempt for its due date. Returns its id.
Result<int64_t> AddRun(Database& db, const std::string& job, const std::string& due);
// Failures of the job that have kept it from trying again count no more. Returns how many there were.
Result<int64_t> ClearFailures(Database& db, const std::string& job);

// Runs whose process is gone without a word become failed. True if there were any. Cheap when nothing runs.
Result<bool> FailDeadRuns(Database& db);

// What keeps a job's next run from starting.
struct Readiness {
  enum class Kind { kReady, kNotDue, kPaused, kNoCursor, kRunning, kWaiting, kRetryLater, kGaveUp };
  Kind kind = Kind::kReady;
  std::string due;   // of the next run; "" for kNoCursor
  std::string text;  // for a person: "waits for ods.orders"
};

// What Decide needs to know beside the job.
struct Situation {
  Timestamp site_now{};
  Timestamp real_now{};
  std::map<std::string, std::string> watermarks;  // "db.table" → the last complete due date
  std::vector<LocalRun> runs;                     // of this job, for the due dates after its cursor
};

Result<Readiness> Decide(const LocalJob& job, const Situation& situation);

// Every job with what it waits for, by name.
struct JobReadiness {
  LocalJob job;
  Readiness readiness;
};
Result<std::vector<JobReadiness>> ReadReadiness(Database& db);

}  // namespace godwit::executor::local
