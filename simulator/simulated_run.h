// simulator/simulated_run.h — one run of SimulatePlan. For simulate_plan.cc alone.
#pragma once

#include <cstdint>
#include <vector>

#include "simulator/sim_warehouse.h"
#include "simulator/simulate_plan.h"

namespace godwit::simulator {

struct UnitResult {
  bool switched = false;
  Duration copy_begin{0};
  Duration copy_end{0};
  Duration cutover{0};
  Duration freeze{0};
  int freezes = 0;
};

struct RunResult {
  bool finished = false;
  Duration duration{0};
  int64_t copied_bytes = 0;
  std::vector<UnitResult> units;
  std::vector<LinkHour> link;
};

struct SimulatedPlan {
  const planner::Plan& plan;
  executor::Migration migration;
  SimWarehouseSpec warehouse;
  Timestamp start;
};

// The same for the same arguments. Errors as SimulatePlan.
Result<RunResult> RunOnce(const SimulatedPlan& simulated, const SimulationOptions& options, uint64_t seed);

}  // namespace godwit::simulator
