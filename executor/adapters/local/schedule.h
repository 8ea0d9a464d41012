// executor/adapters/local/schedule.h — the scheduler of a local site (docs/local_site.md, The scheduler).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "executor/adapters/local/job_table.h"
#include "executor/adapters/local/site_db.h"

namespace godwit::executor::local {

struct ScheduleOptions {
  std::string program;      // godwit, which is started as `PROGRAM local run SITE ID`
  int parallel_max = 4;     // runs at a time
  bool until_idle = false;  // end when nothing runs and nothing can start before the clock moves
  std::function<void(const LocalRun&)>
      told;  // hears of each run that starts and each that ends; may be empty
};

// Starts runs until SIGTERM or SIGINT arrives; then waits for those that go on (a second signal ends the
// wait). Blocks both signals and SIGCHLD in the calling thread; only for a process that does nothing else.
// Errors: kConflict if the site has a scheduler already.
Status RunSchedule(const std::shared_ptr<SiteDb>& site, const ScheduleOptions& options);

}  // namespace godwit::executor::local
