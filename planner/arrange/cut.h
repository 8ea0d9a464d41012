// planner/arrange/cut.h — cuts an order into units, exactly as well as that order allows.
#pragma once

#include "planner/arrange/order.h"

namespace godwit::planner::arrange {

// Which unit each node is in; units are numbered in the order in which they move.
struct Units {
  std::vector<uint32_t> of;
  uint32_t count = 0;
};

struct Limits {
  double load_max;  // of a unit; a single node above it is a unit of its own
  double overhead;  // fixed time a unit takes, in bytes that could move meanwhile
};

// The cheapest cut of `order` into units: sum over units of (what crosses before it) × (its length +
// overhead), plus `price_of_a_cut` for each. Breaks are tried where least crosses, `breaks_per_unit` of them
// in a unit's load. Dynamic programme, O(arcs + units · breaks²).
Units CutOrder(const Graph& graph, const Order& order, const Limits& limits, int breaks_per_unit,
               double price_of_a_cut = 0);

// Blocks of at most `length_max` of length, with little between them.
Units CutIntoBlocks(const Graph& graph, const Order& order, double length_max);

// What an assignment to units costs: the price of every arc times the time between its ends' cut-overs.
double UnitsCost(const Graph& graph, const Units& units, double overhead);

}  // namespace godwit::planner::arrange
