// planner/strategy.h — which units run on both sites for a while before they switch, and which of their jobs
// do.
#pragma once

#include <vector>

#include "planner/cost.h"
#include "planner/plan.h"
#include "planner/request.h"

namespace godwit::planner {

// A job's strategy is that of the first rule whose pattern matches its workflow; else chain, or dual-run
// where that is the objective. A unit is in dual run if one of its jobs is.
void ChooseStrategies(const Workload& workload, const Request& request, Plan& plan);

// How each job runs while its unit is in dual run; kOld in other units. A job runs on both sites if its own
// strategy is dual-run, it may run twice and all it reads is there: moved before, or written by jobs that
// themselves run on both.
std::vector<RunMode> ChooseRunModes(const Workload& workload, const Placement& placement, const Plan& plan);

// Whether running the job on both sites does no harm: never an export; imports and SQL unless known not to be
// idempotent; jars, MapReduce and scripts only if known to be.
bool MayRunTwice(const Job& job);

// Runs a day, from the job's schedule; 1 where it has none.
double RunsPerDay(const Workload& workload, JobId job);

// `text` matches `pattern`, in which * stands for any letters and ? for one.
bool MatchesPattern(std::string_view text, std::string_view pattern);

}  // namespace godwit::planner
