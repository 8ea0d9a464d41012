// planner/reasons.h — why each unit is what it is, and what a reader of the plan should know before signing
// it.
#pragma once

#include "planner/atoms.h"
#include "planner/edits.h"
#include "planner/plan.h"
#include "planner/request.h"

namespace godwit::planner {

// Fills Unit::reasons and adds to plan.warnings. Everything else is there.
void GiveReasons(const Workload& workload, const Request& request, const Atoms& atoms,
                 const DraftOrder& order, Plan& plan);

}  // namespace godwit::planner
