// Small problems of arrange/, and what any solution has to keep.
#pragma once

#include "planner/arrange/cut.h"

namespace godwit::planner::arrange {

// Connected; upstream has the lower number.
Problem RandomProblem(Node nodes, bool hard, uint64_t seed);
// A cap of that share of all, at least the largest node; a quarter of it as overhead.
Limits CapOf(const Problem& problem, double share);
// No unit over the limit, no forbidden arc.
bool IsLegal(const Graph& graph, const Limits& limits, const Units& units);

}  // namespace godwit::planner::arrange
