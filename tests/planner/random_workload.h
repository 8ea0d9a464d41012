// tests/planner/random_workload.h — warehouses for property tests: layered like real ones, with hubs, cycles,
// several writers, oversize tables, and tables that do not move.
#pragma once

#include "planner/arrange/random.h"
#include "planner/workload.h"

namespace godwit::planner {

struct WorkloadShape {
  int tables = 20;
  int jobs = 20;
  double cycle_share = 0.05;   // of jobs: they read what comes later too
  double hard_share = 0;       // of reads
  double residence_share = 0;  // of tables: they stay, or are external
};

// Without names. The same for the same arguments.
Workload RandomWorkload(const WorkloadShape& shape, uint64_t seed);

}  // namespace godwit::planner
