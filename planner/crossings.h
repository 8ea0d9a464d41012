// planner/crossings.h — the reads that cross sites while the move lasts, and the syncs that serve them.
#pragma once

#include "planner/cost.h"
#include "planner/plan.h"

namespace godwit::planner {

// Fills plan.cut_edges, plan.syncs and the bytes of plan.totals that follow from them. The units' cut-overs
// are there.
void FindCrossings(const Workload& workload, const Placement& placement, Plan& plan);

}  // namespace godwit::planner
