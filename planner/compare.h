// planner/compare.h — what differs between two plans, from the plans alone.
#pragma once

#include <string>
#include <vector>

#include "planner/plan.h"

namespace godwit::planner {

// A table or job that moves with others or at another time. Names as in the plans, or "table 17".
struct MovedThing {
  std::string name;
  std::string unit_before, unit_after;  // "" where it is in none
  std::string wave_before, wave_after;
  bool operator==(const MovedThing&) const = default;
};

struct ChangedCut {
  std::string table;
  std::string job;
  int64_t bytes_per_day = 0;
  bool operator==(const ChangedCut&) const = default;
};

struct PlanDiff {
  std::vector<std::string> request;  // "cap: 1% -> 2%": wishes that differ
  size_t units_kept = 0;             // with the same tables and jobs, maybe at another time
  size_t units_before = 0, units_after = 0;
  std::vector<MovedThing> moved;   // tables and jobs that changed unit or wave: those of changed units, and
                                   // those of kept units in another wave; sorted by name
  std::vector<ChangedCut> opened;  // reads cut now that were not before; costliest first
  std::vector<ChangedCut> closed;
};

// O(n log n).
PlanDiff ComparePlans(const Plan& before, const Plan& after);

// The table's or job's name in the plan, or "table 17".
std::string NameIn(const Plan& plan, TableId id);
std::string NameIn(const Plan& plan, JobId id);

}  // namespace godwit::planner
