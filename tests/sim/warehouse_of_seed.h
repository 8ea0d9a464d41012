// tests/sim/warehouse_of_seed.h — small random warehouses and the migrations that move them.
#pragma once

#include "executor/migration.h"
#include "simulator/sim_warehouse.h"
#include "tests/sim/swarm.h"

namespace godwit::sim {

struct SeededCase {
  simulator::SimWarehouseSpec warehouse;
  executor::Migration migration;
};

// A chain of layers cut into units in a random order, with readers across units, exports, dual runs here and
// there.
SeededCase MakeCase(Swarm& random, int units_max);

}  // namespace godwit::sim
