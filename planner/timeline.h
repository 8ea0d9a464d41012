// planner/timeline.h — when each unit is copied and cut over, and in which wave: serial schedule generation,
// unit by unit in the order of movement, each as early as link, pools, capacity, black-outs and quiet windows
// allow.
#pragma once

#include "planner/plan.h"
#include "planner/request.h"

namespace godwit::planner {

// What the schedule needs to know of a unit besides what the plan says.
struct UnitNeeds {
  std::vector<size_t> pools;  // positions in Request::pools
  int64_t forward_bytes_per_second =
      0;                      // syncs to earlier readers that take from the link while it is copied
  std::vector<UnitId> after;  // reads these by hard reads: they cut over before it
};

// Fills wave, copy and cut-over times of `plan.units`, and `plan.waves`. The units' tables, jobs, bytes and
// ids are there, and nothing later in the order is in anyone's `after`. Errors: kInvalidInput if the target
// has no room, or the link no bandwidth. O(units · (runs in a week + pools) + hours of the whole move).
Status LayOutTime(const Workload& workload, const Request& request, const std::vector<UnitNeeds>& needs,
                  Plan& plan);

}  // namespace godwit::planner
