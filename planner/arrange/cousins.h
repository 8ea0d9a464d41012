// planner/arrange/cousins.h — joins what has no arc between: readers of one hub. Without this a hub with
// thousands of readers never gets coarser, since one cluster holds the hub and few of them.
#pragma once

#include "planner/arrange/coarsen.h"

namespace godwit::planner::arrange {

// Nodes that are alone in `clusters` are joined in pairs, where both are bound most to the same neighbour and
// are alike in price per length, which decides how near to it they belong (Smith 1956). Load and `inside`
// count as for HeavyClusters. O(arcs + nodes log nodes).
Clustering JoinCousins(const Graph& graph, const CoarsenRules& rules, std::span<const uint32_t> inside,
                       const Clustering& clusters);

}  // namespace godwit::planner::arrange
