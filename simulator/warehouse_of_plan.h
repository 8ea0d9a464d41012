// simulator/warehouse_of_plan.h — a plan's tables and jobs as a warehouse that lives.
#pragma once

#include "planner/plan.h"
#include "simulator/sim_warehouse.h"

namespace godwit::simulator {

// Only what is in a unit is simulated: the rest is on neither site, or stays where it is read. Jobs run daily
// at the hour of their schedule; those without one at midnight. Errors: kInvalidInput for a table's name.
Result<SimWarehouseSpec> WarehouseOf(const planner::Plan& plan);

}  // namespace godwit::simulator
