// tests/planner/plan_check.h — what every plan must be, checked without the planner's own sums.
#pragma once

#include <string>

#include "planner/make_plan.h"

namespace godwit::planner {

// "" or what is wrong: something missing or twice, a table apart from its writer, a cycle cut, a unit over
// the cap without need, a hard read whose reader moves first, waves that fall.
std::string WrongWith(const Workload& workload, const Plan& plan);

}  // namespace godwit::planner
