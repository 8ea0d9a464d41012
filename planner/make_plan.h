// planner/make_plan.h — from a workload and a request to a plan: the room's main door.
#pragma once

#include "planner/plan.h"
#include "planner/request.h"

namespace godwit::planner {

// The same plan for the same arguments. `workload` has passed CheckWorkload. The caller fills
// Plan::fingerprint. Errors: kInvalidInput, where the request contradicts itself or the workload.
Result<Plan> MakePlan(const Workload& workload, const Request& request);

// All bytes that move.
int64_t MovingBytes(const Workload& workload);

}  // namespace godwit::planner
