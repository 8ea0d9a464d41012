// executor/ports/scheduler.h — one site's job scheduler.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "executor/ports/effect.h"

namespace godwit::executor {

struct JobStatus {
  bool exists = false;
  bool paused = false;
  Token token = 0;  // of the last SetPaused that was accepted; 0 where the scheduler keeps none
  // The job's guard: its first step looks at it and ends the run where it is closed, whoever started it. It
  // stands even where a scheduler forgets a pause, and it alone can stop a job that writes outside the site.
  bool guard_closed = false;
  Token guard_token = 0;
  // Attempts that may still write: running, queued, up for retry, deferred … Paused is not drained.
  int in_flight = 0;
  // in_flight counts each run from the moment it may write: one look after the pause has taken tells whether
  // any is left. False where a run may be listed late; then it is looked for once more, the drain gap later.
  bool counts_at_once = false;
  std::string
      cursor;  // the last due date whose run succeeded here or was handed over, "2026-11-21"; "" if none
  std::optional<Timestamp> next_due;  // when the next run starts if nothing stops it
  Duration typical_run{0};            // median of recent successful runs; 0 if unknown
};

enum class RunState : uint8_t { kRunning, kSucceeded, kFailed };

struct Run {
  std::string due;
  RunState state = RunState::kRunning;
  Timestamp started{};
  Timestamp ended{};
  std::string message;  // last words of a failed run

  auto operator<=>(const Run&) const = default;
};

class Scheduler {
 public:
  virtual ~Scheduler() = default;

  virtual Result<std::vector<std::string>> ListJobs() = 0;  // sorted
  virtual Result<JobStatus> GetJob(const std::string& job) = 0;
  // Runs with due >= `since`, by due date, the newest attempt of each.
  virtual Result<std::vector<Run>> Runs(const std::string& job, const std::string& since) = 0;

  // No new run starts after a pause; running ones go on. Errors: kInvalidInput if there is no such job.
  virtual Result<Effect> SetPaused(const std::string& job, bool paused, Token token) = 0;
  // Closes or opens the job's guard. A smaller token than the last one is refused: kConflict.
  virtual Result<Effect> SetGuard(const std::string& job, bool closed, Token token) = 0;
  // Moves the cursor from `was`: the next run is the one after `cursor`. kAlready where it stands there.
  // Errors: kConflict if the job is not paused, or its cursor stands elsewhere: a request that was long on
  // its way must not have runs repeated.
  virtual Result<Effect> SetCursor(const std::string& job, const std::string& was, const std::string& cursor,
                                   Token token) = 0;
};

}  // namespace godwit::executor
