// planner/timeline.h — when each unit is copied and cut over: serial schedule generation, unit by unit in the
// order of movement, each as early as link, pools, capacity, waves, black-outs and quiet windows allow.
#pragma once

#include "planner/freeze_window.h"
#include "planner/plan.h"
#include "planner/request.h"

namespace godwit::planner {

// What the schedule needs to know of a unit besides what the plan says.
struct UnitNeeds {
  UnitRuns runs;
  std::vector<size_t> pools;  // positions in Request::pools
  int64_t forward_bytes_per_second =
      0;                           // syncs to earlier readers that take from the link while it is copied
  std::vector<UnitId> reads_from;  // units that have a table which one of its jobs reads, earlier or later
};

// Fills the times, slacks and `critical` of `plan.units`, and those of `plan.waves`. Tables, jobs, bytes,
// strategies, `after` and waves are there; nothing later in the order is in anyone's `after`. A dual-run unit
// starts on the target in this order and stops on the source in the reverse one, each after all dual-run
// units that read from it. Errors: kInvalidInput if the target has no room, or the link no bandwidth. O(units
// · (runs in the weeks looked at + pools) + hours of the whole move).
Status LayOutTime(const Request& request, const std::vector<UnitNeeds>& needs, Plan& plan);

}  // namespace godwit::planner
