// report/forecast.h — what simulated runs of the plan said, as plain values.
#pragma once

#include <cstdint>
#include <vector>

#include "planner/plan.h"
#include "report/timeline.h"

namespace godwit::report {

struct Quantiles {
  planner::Seconds p50{0};
  planner::Seconds p95{0};
};

// Times are counted from the start of the plan.
struct UnitForecast {
  planner::Seconds copy_begin{0}, copy_end{0};  // in the first run
  planner::Seconds cutover{0};                  // likewise; 0 if it never came to that
  Quantiles freeze;
};

struct Forecast {
  uint64_t seed = 0;  // of the first run; the others follow
  int runs = 0;
  int finished = 0;  // runs in which every unit got to the target
  Quantiles duration, freeze, longest_freeze;
  int64_t copied_bytes = 0;
  std::vector<UnitForecast> units;  // as Plan::units
  std::vector<LinkStep> hours;      // what the link carried in the first run
};

// The plan with the times of the first run in place of those that it predicts.
planner::Plan AsSimulated(const planner::Plan& plan, const Forecast& forecast);
// The first run's link, in steps of as many whole hours as keep them at kLinkStepsMax.
LinkTimeline LinkOf(const Forecast& forecast);

}  // namespace godwit::report
