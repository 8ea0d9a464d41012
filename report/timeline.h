// report/timeline.h — what the plan does to the link, by the hour or day.
#pragma once

#include <vector>

#include "planner/plan.h"

namespace godwit::report {

// What one step of the timeline carries, in bytes.
struct LinkStep {
  double copied = 0;  // bulk copies
  double synced = 0;  // changes of tables that both sites need
};

struct LinkTimeline {
  planner::Seconds step{0};
  std::vector<LinkStep> steps;  // from the start of the plan to its end
};

inline constexpr int kLinkStepsMax = 400;

// One way in which the link could carry the plan: each unit's bytes as early in its copy's window as the rate
// allows (most urgent first), each sync's evenly over its life. The step is a minute, or as many whole
// minutes as keep the number of steps at kLinkStepsMax. O(units * steps + syncs * steps).
LinkTimeline LinkOf(const planner::Plan& plan);

}  // namespace godwit::report
