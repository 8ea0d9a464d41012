// planner/arrange/sift.h — improves an order node by node: each goes where it costs least within reach.
#pragma once

#include "planner/arrange/order.h"

namespace godwit::planner::arrange {

// Moves every node in turn to the cheapest place at most `reach` places away, in at most `passes_max` sweeps
// there and back. Never moves a node over one it is forbidden to pass. Returns by how much the order got
// cheaper. O(nodes · reach + arcs) a sweep.
double Sift(const Graph& graph, Order& order, uint32_t reach, int passes_max);

}  // namespace godwit::planner::arrange
