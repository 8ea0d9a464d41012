// planner/unit_needs.h — what the timeline has to know of each unit, from the workload.
#pragma once

#include <vector>

#include "planner/cost.h"
#include "planner/timeline.h"

namespace godwit::planner {

// Also fills Unit::after. The units' tables, jobs and strategies are there. O(accesses log + units · pools).
std::vector<UnitNeeds> FindNeeds(const Workload& workload, const Request& request, const Placement& placement,
                                 Plan& plan);

}  // namespace godwit::planner
