// planner/arrange/arrange.h — the whole way from a problem to units in order: what planning comes down to.
#pragma once

#include "planner/arrange/cut.h"
#include "planner/arrange/graph.h"
#include "planner/terms.h"

namespace godwit::planner::arrange {

// Units of low cost under the limits, in which no hard read's reader moves before its upstream: the cheapest
// there are for every component of at most kExactNodesMax nodes (exact.h), good ones for larger ones
// (Search). The same for the same arguments, whatever the machine's speed. No cycle of hard reads: its nodes
// have to be one node. `reader_first` is the price of a reader that moves first (Pricing). Near linear:
// docs/planning.md has times.
Units Arrange(const Problem& problem, const Limits& limits, double reader_first, Effort effort,
              uint64_t seed);

// The heuristic alone, for a problem of any size; apart so that its distance from the cheapest can be
// measured. More effort is never worse.
Units Search(const Problem& problem, const Limits& limits, double reader_first, Effort effort, uint64_t seed);

}  // namespace godwit::planner::arrange
