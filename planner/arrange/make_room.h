// planner/arrange/make_room.h — improves units where one move alone cannot: the unit that would suit is full.
#pragma once

#include "planner/arrange/cut.h"

namespace godwit::planner::arrange {

// Nodes that would be cheaper in a unit that has no room for them, those with most to gain first: each is
// moved in, others are moved out to where they cost least, and what is near settles. Kept where all of it
// together is cheaper, else undone. At most `tries` of them. Units keep to the load limit and to forbidden
// arcs. Returns whether anything changed. O(arcs + nodes · log nodes + tries · (nodes + a unit's arcs)).
bool MakeRoom(const Graph& graph, const Limits& limits, size_t tries, Units& units);

}  // namespace godwit::planner::arrange
