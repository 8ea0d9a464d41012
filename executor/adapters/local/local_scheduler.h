// executor/adapters/local/local_scheduler.h — the scheduler's tables, as godwit sees and steers them; the
// scheduler itself is schedule.h.
#pragma once

#include <memory>

#include "executor/adapters/local/site_db.h"
#include "executor/ports/scheduler.h"

namespace godwit::executor::local {

class LocalScheduler : public Scheduler {
 public:
  explicit LocalScheduler(std::shared_ptr<SiteDb> site) : site_(std::move(site)) {}

  Result<std::vector<std::string>> ListJobs() override;
  // Times are real ones, whatever the site's clock shows. A running run counts as in flight until it is known
  // to have ended: a run whose process is gone is first made a failed one, which can commit nothing any more.
  Result<JobStatus> GetJob(const std::string& job) override;
  Result<std::vector<Run>> Runs(const std::string& job, const std::string& since) override;
  // Errors: also kConflict if the scheduler's tables do not take the change.
  Result<Effect> SetPaused(const std::string& job, bool paused, Token token) override;
  Result<Effect> SetGuard(const std::string& job, bool closed, Token token) override;
  Result<Effect> SetCursor(const std::string& job, const std::string& was, const std::string& cursor,
                           Token token) override;

 private:
  std::shared_ptr<SiteDb> site_;
};

}  // namespace godwit::executor::local
