// lineage/disagreements.h — where declarations, the scheduler, logs and scripts contradict each other.
#pragma once

#include <vector>

#include "lineage/graph.h"

namespace godwit::lineage {

// `graph` without its disagreements. Of a job that was not fully read, only what cannot be explained by the
// gap is told. Sorted and unique.
std::vector<Disagreement> FindDisagreements(const Graph& graph);

}  // namespace godwit::lineage
