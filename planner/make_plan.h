// planner/make_plan.h — from a workload and a request to a plan: the room's main door.
#pragma once

#include "planner/atoms.h"
#include "planner/cost.h"
#include "planner/edits.h"
#include "planner/plan.h"
#include "planner/request.h"

namespace godwit::planner {

// The same plan for the same arguments. `workload` has passed CheckWorkload. The caller fills
// Plan::fingerprint and Plan::source. Errors: kInvalidInput, where the request contradicts itself, the
// workload or the edits.
Result<Plan> MakePlan(const Workload& workload, const Request& request, const std::vector<Edit>& edits);

// What the plan's request and edits keep together.
AtomRules AtomRulesOf(const Plan& plan);

// All bytes that move.
int64_t MovingBytes(const Workload& workload);

// Whether the plan speaks of the workload's tables and jobs, each in one unit at most. Errors: kInvalidInput.
Status CheckFits(const Workload& workload, const Plan& plan);

// Which unit of the plan each table and job is in. The plan fits the workload.
Placement PlacementOf(const Workload& workload, const Plan& plan);

}  // namespace godwit::planner
