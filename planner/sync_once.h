// planner/sync_once.h — makes "one daily sync of a table serves all its remote readers" an objective of the
// ordering, which knows only prices of single reads.
#pragma once

#include <vector>

#include "planner/cost.h"

namespace godwit::planner {

// What each read counts as, as a share of its bytes, by position in Workload::accesses; 1 for writes. Readers
// of a table share the cost of its sync in proportion to what they read. Without a placement all are taken to
// be remote; with one, each remote reader pays its share for as long as it is remote, and a local one what it
// would pay if it left. Ordering anew with these shares and taking the best of a few rounds follows the true,
// concave cost (it is linear between the points at which readers come and go).
std::vector<double> SyncShares(const Workload& workload, const Placement* placement, const CostRules& rules);

}  // namespace godwit::planner
