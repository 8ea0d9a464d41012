// planner/arrange/refine.h — improves units by moving nodes between them, one at a time and in clusters.
#pragma once

#include "planner/arrange/coarsen.h"
#include "planner/arrange/cut.h"

namespace godwit::planner::arrange {

// Moves single nodes to the unit where they cost least, within the load limit and never past a forbidden arc,
// until a sweep changes nothing or `sweeps_max` is reached. Empty units vanish. O(arcs + moves · units
// spanned) a sweep.
void RefineUnits(const Graph& graph, const Limits& limits, int sweeps_max, Units& units);

// The same on clusters inside units, from large ones down to single nodes: what no single move can improve,
// moving a whole neighbourhood often can. Costs some five sweeps.
void RefineClusters(const Graph& graph, const Limits& limits, const CoarsenRules& clusters, Random& random,
                    Units& units);

// Puts whole units into a better order.
void ReorderUnits(const Graph& graph, const Limits& limits, Units& units);

}  // namespace godwit::planner::arrange
