// planner/from_lineage.h — a lineage graph, with its catalog and run history → the workload that planning
// needs.
#pragma once

#include "lineage/graph.h"
#include "planner/plan.h"
#include "planner/workload.h"

namespace godwit::planner {

// Tables and jobs keep their order and names; what lies outside of the warehouse is external. Bytes of
// accesses are estimates: a write shares its table's daily change with the table's other writers, a read that
// its predicates bound takes a day's change, another one the whole table. A job that cannot be read, or an
// export, never moves before what it reads. Schedules that the planner's cron does not take are left out,
// which means not known. O(n log n).
Workload WorkloadOf(const lineage::Scan& scan, const lineage::Graph& graph);

// What a plan from this scan stands on: "root" (what was scanned) and "file" (each with the digest of its
// content). Sorted as Plan::fingerprint is.
std::vector<FingerprintEntry> FingerprintOf(const lineage::Scan& scan);

// A schedule as its scheduler writes it ("01:30", Quartz's six fields, "@daily") → five cron fields; empty if
// it is none.
std::string CronOf(const std::string& schedule);

}  // namespace godwit::planner
