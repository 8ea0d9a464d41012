// planner/freeze_window.h — when a unit's jobs can be stopped so that none has to wait, or as few as
// possible.
#pragma once

#include <vector>

#include "planner/plan.h"
#include "planner/request.h"

namespace godwit::planner {

// A run to be expected every week.
struct ExpectedRun {
  Seconds start{0};  // of the week, from Monday 00:00 UTC
  Seconds lasts{0};
};

// What is known of when a unit's jobs run.
struct UnitRuns {
  std::vector<ExpectedRun> expected;  // sorted by start
  Seconds longest_unknown{0};         // run time among jobs with neither schedule nor history
  bool all_known = true;
};

// Run times and delays behind the schedule come from history where there is one: the 95th percentile. History
// without a schedule is folded into one week.
class RunPatterns {
 public:
  explicit RunPatterns(const Workload& workload);  // which has passed CheckWorkload and outlives this
  UnitRuns Of(const std::vector<JobId>& jobs) const;

 private:
  std::vector<JobRun> History(JobId job) const;
  void AddScheduled(const Job& job, const std::vector<JobRun>& history, UnitRuns& runs) const;

  const Workload& workload_;
  std::vector<std::vector<int>> starts_;  // by ScheduleId: minutes of the week
};

struct FreezeLoad {
  int64_t changed_bytes_per_day = 0;
  int64_t bytes_per_second = 1;  // that a copy may use
};

// How long a freeze lasts that finds its quiet window; where schedules are not known, the longest job is
// waited for.
Seconds ExpectedFreeze(const UnitRuns& runs, const FreezeRules& rules);

// The earliest time from `earliest` on at which no expected run has to wait, within rules.look_ahead and
// outside black-outs; if there is none, the time with the least sum of waits. A freeze right after a copy
// round has nothing left to copy as long as nothing runs in between. O(runs in the weeks looked at).
Cutover ChooseCutover(const UnitRuns& runs, const FreezeLoad& load, Seconds earliest,
                      const FreezeRules& rules, const std::vector<Blackout>& blackouts,
                      int first_hour_of_week);

}  // namespace godwit::planner
