// planner/alternatives.h — what else could have been asked for, and what that would have cost.
#pragma once

#include <string>
#include <vector>

#include "planner/plan.h"
#include "planner/workload.h"

namespace godwit::planner {

// A changed wish with the plan that follows from it.
struct WhatIf {
  std::string wish;  // "cap=2TB", or several with commas
  Plan plan;
};

// Each wish of a list with commas ("cap=2TB,alpha=5") alone and, if there are several, all of them together.
// Errors: those of ChangeRequest and MakePlan, with the wish. One plan made for each.
Result<std::vector<WhatIf>> TryWishes(const Workload& workload, const Plan& plan, const std::string& wishes);

// The choices that a review board asks about and this plan did not take: workflows or owners kept whole,
// upstream first, forward syncs priced, larger and smaller units, syncs as the objective. Some seven plans
// made, all with the default effort: high effort would take five times as long to find a few percent.
std::vector<Alternative> WeighAlternatives(const Workload& workload, const Plan& plan);

}  // namespace godwit::planner
