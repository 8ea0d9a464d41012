// planner/arrange/start_order.h — a first good order, made coarse to fine.
#pragma once

#include "planner/arrange/coarsen.h"
#include "planner/arrange/order.h"

namespace godwit::planner::arrange {

// Not for graphs with forbidden arcs: it pays no heed to them. O((nodes + arcs) · reach of sifting).
Order StartOrder(const Graph& graph, const CoarsenRules& rules, Random& random);

}  // namespace godwit::planner::arrange
