// planner/arrange/candidate.h — complete solutions: made from scratch, improved, and bred from two.
#pragma once

#include "planner/arrange/block_cycle.h"
#include "planner/arrange/cut.h"
#include "planner/arrange/random.h"

namespace godwit::planner::arrange {

struct Candidate {
  Order order;  // agrees with the units
  Units units;
  double cost = 0;  // UnitsCost
};

// Cuts candidate.order into units and prices them.
void CutAgain(const Graph& graph, const Limits& limits, Candidate& candidate);
// The same units at the prices of another graph of the same nodes.
void Reprice(const Graph& graph, const Limits& limits, Candidate& candidate);

// Not for graphs with forbidden arcs.
Candidate FreshCandidate(const Graph& graph, const Limits& limits, Random& random);

// Clusters of several kinds and whole units move until a round gains less than 0.1 % or `rounds_max` are
// done.
void ImproveUnits(const Graph& graph, const Limits& limits, int rounds_max, Random& random,
                  Candidate& candidate);

// Orders the nodes of the units anew by blocks and cuts again. Kept only if it is cheaper in the end.
void ImproveOrder(const Graph& graph, const Limits& limits, int cycles, Means means, Random& random,
                  Candidate& candidate);

// Room is made in full units for nodes that would be cheaper there (MakeRoom, for at most `tries` nodes), and
// all units are improved again: up to four rounds, for as long as that pays. Never dearer.
void ImproveByRoom(const Graph& graph, const Limits& limits, size_t tries, Random& random,
                   Candidate& candidate);

// What two candidates agree on is contracted, the better one is improved on the small graph that remains, and
// then on the whole one. Never worse than the better parent. Keeps to forbidden arcs if both parents do: two
// upstream-first orders contract to an acyclic graph.
Candidate Recombine(const Graph& graph, const Limits& limits, const Candidate& a, const Candidate& b,
                    Means means, Random& random);

}  // namespace godwit::planner::arrange
