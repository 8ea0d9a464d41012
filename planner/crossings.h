// planner/crossings.h — the reads that cross sites while the move lasts, and the syncs that serve them.
#pragma once

#include "planner/cost.h"
#include "planner/plan.h"

namespace godwit::planner {

// From when something is on the target, and until when on the source. Both are the cut-over, unless it is in
// dual run.
struct Presence {
  Seconds on_target_from{0};
  Seconds on_source_until{0};
};

// Fills plan.cut_edges, plan.syncs and the bytes of plan.totals that follow from them; and doubled_job_hours.
// The units' cut-overs are there. `modes` are ChooseRunModes.
void FindCrossings(const Workload& workload, const Placement& placement, const std::vector<RunMode>& modes,
                   Plan& plan);

}  // namespace godwit::planner
