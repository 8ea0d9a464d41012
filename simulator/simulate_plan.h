// simulator/simulate_plan.h — what a plan will be like: the real engine carries it out between two sites in
// memory, some times over, with run times and rates that vary. Nothing outside is touched.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "executor/migration.h"
#include "planner/plan.h"

namespace godwit::simulator {

struct SimulationOptions {
  int runs = 20;
  uint64_t seed = 1;
  double run_time_noise = 0.3;  // sigma of the logarithm
  double rate_noise = 0.2;
  Duration give_up_after = std::chrono::hours(24 * 90);  // of simulated time
};

// Over the runs. Both are 0 if there was none.
struct Spread {
  Duration p50{0};
  Duration p95{0};
};

struct UnitForecast {
  std::string unit;
  int switched = 0;  // runs in which it got to the target
  Spread cutover;    // since the start; begin of the last freeze
  Spread freeze;     // all its freezes together
  int freezes_most = 0;
};

struct PlanForecast {
  int runs = 0;
  int finished = 0;  // runs in which every unit got to the target
  Spread duration;   // of those
  Spread freeze;     // sum over units
  Spread longest_freeze;
  int64_t copied_bytes = 0;  // median
  std::vector<UnitForecast> units;
};

// Files go over the link one after another, at its mean rate over the week. Jobs run daily at the hour of
// their schedule (those without one at midnight). `policy` is the executor's; its location map is replaced.
// The same for the same arguments. Errors: kInvalidInput if the plan has no names; those of Engine::Start.
Result<PlanForecast> SimulatePlan(const planner::Plan& plan, const executor::Policy& policy,
                                  const SimulationOptions& options);

}  // namespace godwit::simulator
