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
  int runs = 0;  // 0: DefaultRuns
  uint64_t seed = 1;
  double run_time_noise = 0.3;  // sigma of the logarithm
  double rate_noise = 0.2;
  Duration give_up_after = std::chrono::hours(24 * 90);  // of simulated time, after the plan's end
  int threads = 1;
};

// 20; fewer for plans of more than a thousand units, at least 3.
int DefaultRuns(size_t units);

// Over the runs. Both are 0 if there was none.
struct Spread {
  Duration p50{0};
  Duration p95{0};
};

struct UnitForecast {
  std::string unit;
  int switched = 0;           // runs in which it got to the target
  Duration copy_begin{0};     // since the start, in the first run: its bulk copy …
  Duration copy_end{0};       // … when its tables first stood equal on both sides …
  Duration first_cutover{0};  // … and the begin of its last freeze
  Spread cutover;             // since the start; begin of the last freeze
  Spread freeze;              // all its freezes together
  int freezes_most = 0;
};

// What the link carried in one hour since the start, in bytes.
struct LinkHour {
  double copied = 0;  // bulk copies
  double synced = 0;  // changes of tables that both sites need, and last differences
};

struct PlanForecast {
  uint64_t seed = 0;  // of the first run; the others follow
  int runs = 0;
  int finished = 0;  // runs in which every unit got to the target
  Spread duration;   // of those; until the last cut-over is done
  Spread freeze;     // sum over units
  Spread longest_freeze;
  int64_t copied_bytes = 0;  // median
  std::vector<UnitForecast> units;
  std::vector<LinkHour> link;  // of the first run
};

// Files go over the link one after another, at its rate of that hour of the week. Jobs run daily at the hour
// of their schedule. Units are cut over at their planned times at the earliest, outside black-outs; a plan
// without a start begins on a Monday. `policy` is the executor's; its location map is replaced, and the
// engine is told of changes instead of looking for them, at the moment at which it would have seen them. The
// same for the same arguments, whatever `threads`. Errors: kInvalidInput if the plan has no names or its link
// no bandwidth; those of Engine::Start.
Result<PlanForecast> SimulatePlan(const planner::Plan& plan, const executor::Policy& policy,
                                  const SimulationOptions& options);

}  // namespace godwit::simulator
