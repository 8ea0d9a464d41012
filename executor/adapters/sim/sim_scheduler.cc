#include <algorithm>

#include "executor/adapters/sim/sim_site.h"

namespace godwit::executor::sim {

Result<std::vector<std::string>> SimScheduler::ListJobs() {
  std::vector<std::string> names;
  for (const auto& [name, job] : jobs_) names.push_back(name);
  std::ranges::sort(names);
  return names;
}

Result<JobStatus> SimScheduler::GetJob(const std::string& name) {
  const SimJob* job = Find(name);
  JobStatus status;
  if (job == nullptr) return status;
  status.exists = true;
  status.paused = job->paused;
  status.token = keeps_tokens ? job->token : 0;
  status.guard_closed = job->guard_closed;
  status.guard_token = job->guard_token;
  const bool listed = job->running && clock_.wall() - job->running_since >= listing_lag;
  if (job->running && !listed && on_late_listing) on_late_listing();
  status.in_flight = listed ? 1 : 0;
  status.counts_at_once = counts_at_once;
  status.cursor = job->cursor;
  if (job->next_due) status.next_due = job->next_due(*job);
  status.typical_run = job->typical_run;
  return status;
}

Result<std::vector<Run>> SimScheduler::Runs(const std::string& name, const std::string& since) {
  std::vector<Run> runs;
  const SimJob* job = Find(name);
  if (job == nullptr) return InvalidInput("there is no job " + name);
  for (auto it = job->runs.lower_bound(since); it != job->runs.end(); ++it) runs.push_back(it->second);
  return runs;
}

Result<Effect> SimScheduler::SetPaused(const std::string& name, bool paused, Token token) {
  SimJob* job = Find(name);
  if (job == nullptr) return InvalidInput("there is no job " + name);
  if (keeps_tokens && token < job->token) return Conflict(name + ": a later token was here");
  if (job->paused == paused && (!keeps_tokens || job->token == token)) return Effect::kAlready;
  if (paused && !job->paused && on_pause) on_pause(name);
  job->paused = paused;
  job->token = token;
  if (on_change) on_change(name);
  return Effect::kDone;
}

Result<Effect> SimScheduler::SetGuard(const std::string& name, bool closed, Token token) {
  SimJob* job = Find(name);
  if (job == nullptr) return InvalidInput("there is no job " + name);
  if (token < job->guard_token && fences_guards)
    return Conflict(name + ": its guard was set by a later token");
  if (job->guard_closed == closed && job->guard_token == token) return Effect::kAlready;
  job->guard_closed = closed;
  job->guard_token = token;
  return Effect::kDone;
}

Result<Effect> SimScheduler::SetCursor(const std::string& name, const std::string& was,
                                       const std::string& cursor, Token token) {
  SimJob* job = Find(name);
  if (job == nullptr) return InvalidInput("there is no job " + name);
  if (!ParseTimestamp(cursor).ok()) return InvalidInput("'" + cursor + "' is no date");
  if (!job->paused) return Conflict(name + " is not paused");
  if (keeps_tokens && token < job->token) return Conflict(name + ": a later token was here");
  if (job->cursor != cursor && job->cursor != was)
    return Conflict(name + ": its cursor stands at '" + job->cursor + "', not at '" + was + "'");
  job->token = token;
  if (job->cursor == cursor) return Effect::kAlready;
  job->cursor = cursor;
  return Effect::kDone;
}

SimJob& SimScheduler::Add(SimJob job) {
  const std::string name = job.name;
  return jobs_[name] = std::move(job);
}

SimJob* SimScheduler::Find(const std::string& job) {
  const auto found = jobs_.find(job);
  return found == jobs_.end() ? nullptr : &found->second;
}

void SimScheduler::Begin(SimJob& job, const std::string& due) {
  ++job.attempt;
  job.running = due;
  job.running_since = clock_.wall();
  job.runs[due] = {due, RunState::kRunning, clock_.wall(), {}, ""};
}

void SimScheduler::End(SimJob& job, RunState state, const std::string& message) {
  Run& run = job.runs[*job.running];
  run.state = state;
  run.ended = clock_.wall();
  run.message = message;
  if (state == RunState::kSucceeded) job.cursor = *job.running;
  job.running.reset();
  if (on_change) on_change(job.name);
}

}  // namespace godwit::executor::sim
