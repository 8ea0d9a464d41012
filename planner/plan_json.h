// planner/plan_json.h — a plan as text and back, format godwit-plan/1 (docs/plan_format.md).
#pragma once

#include <string>
#include <string_view>

#include "planner/json_text.h"
#include "planner/plan.h"

namespace godwit::planner {

inline constexpr char kPlanFormat[] = "godwit-plan/1";

// Sorted as the plan is; the same bytes for equal plans. About 150 MB a second.
void WritePlan(const Plan& plan, const TextSink& sink);
std::string PlanText(const Plan& plan);

// Loses nothing: ReadPlan(PlanText(p)) equals p. Errors: kInvalidInput with the path of the first value that
// is wrong, such as `units[3].bytes`, and for another format.
Result<Plan> ReadPlan(std::string_view text);

}  // namespace godwit::planner
