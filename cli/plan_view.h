// cli/plan_view.h — plans, comparisons and explanations as people and programs read them.
#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "planner/alternatives.h"
#include "planner/compare.h"
#include "planner/explain.h"

namespace godwit::cli {

// A plan in a few lines, with the alternatives that were weighed.
std::string SummaryText(const planner::Plan& plan);

// A plan beside others: one column each, named by what was changed.
std::string SideBySideText(const planner::Plan& plan, const std::vector<planner::WhatIf>& others);
Json SideBySideJson(const planner::Plan& plan, const std::vector<planner::WhatIf>& others);

std::string ExplanationText(const planner::Plan& plan, const planner::Explanation& explanation);
Json ExplanationJson(const planner::Plan& plan, const planner::Explanation& explanation);

std::string DiffText(const planner::Plan& before, const planner::Plan& after, const planner::PlanDiff& diff);
Json DiffJson(const planner::Plan& before, const planner::Plan& after, const planner::PlanDiff& diff);

}  // namespace godwit::cli
