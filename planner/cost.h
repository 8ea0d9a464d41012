// planner/cost.h — what an order of units costs, counted read by read on the workload itself: independent of
// the graph and the sums by which it was found. docs/planning.md has the definitions.
#pragma once

#include "planner/plan.h"

namespace godwit::planner {

// Which unit each table and job moves in, in the order of movement.
inline constexpr uint32_t kNoUnit = ~0U;
struct Placement {
  std::vector<uint32_t> of_table;  // kNoUnit where it does not move
  std::vector<uint32_t> of_job;
  uint32_t units = 0;
};

struct CostRules {
  int64_t unit_bytes_max;
  double unit_overhead;  // in times to copy a full unit
  double alpha;
};

// When each unit has moved, in times to copy everything: the model's clock, on which the order is judged.
std::vector<double> UnitEndTimes(const Workload& workload, const Placement& placement,
                                 const CostRules& rules);

// O((tables + accesses) log readers of a table + units).
Cost CostOf(const Workload& workload, const Placement& placement, const CostRules& rules);

// The reads of each table, table by table: those of table t are `reads[first[t]] … reads[first[t + 1] - 1]`,
// sorted by job. Positions in Workload::accesses.
struct ReadsByTable {
  std::vector<uint32_t> first;
  std::vector<uint32_t> reads;
};
ReadsByTable GroupReads(const Workload& workload);

}  // namespace godwit::planner
