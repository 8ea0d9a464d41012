// planner/plan_json.h — a plan as text and back, format godwit-plan/1 (docs/plan_format.md).
#pragma once

#include <string>
#include <string_view>

#include "planner/plan.h"

namespace godwit::planner {

// Sorted as the plan is; the same bytes for equal plans. About 150 MB a second.
std::string WritePlan(const Plan& plan);

// Loses nothing: ReadPlan(WritePlan(p)) equals p. Errors: kInvalidInput with the path of the first value that
// is wrong, such as `units[3].bytes`; kUnsupported for a format that this version does not know.
Result<Plan> ReadPlan(std::string_view text);

}  // namespace godwit::planner
