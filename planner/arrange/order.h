// planner/arrange/order.h — an order of nodes and what it costs: a weighted linear arrangement in which a
// node is as long as it takes to move (docs/planning.md).
#pragma once

#include <vector>

#include "planner/arrange/graph.h"

namespace godwit::planner::arrange {

using Order = std::vector<Node>;  // every node once

// Where each node stands in `order`.
std::vector<uint32_t> Positions(const Order& order);

// Sum over pairs of neighbours of price times distance, where a node stands at the end of its length.
// O(arcs).
double OrderCost(const Graph& graph, const Order& order);

// `nodes` sorted by the rank of their cluster, in the given order inside one. O(nodes + clusters).
Order SortedByRank(const Order& nodes, const std::vector<Node>& cluster_of,
                   const std::vector<uint32_t>& rank);

}  // namespace godwit::planner::arrange
