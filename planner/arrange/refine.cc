#include "planner/arrange/refine.h"

#include <algorithm>
#include <numeric>

#include "planner/arrange/sift.h"
#include "planner/arrange/unit_moves.h"

namespace godwit::planner::arrange {
namespace {

constexpr int kSweepsPerLevel = 4;
constexpr Node kCoarsestNodes = 200;     // small enough to stop joining
constexpr uint32_t kReorderReach = 256;  // units
constexpr int kReorderPasses = 6;

// One sweep over the nodes in `due`; marks in `next` those whose surroundings changed. Returns whether any
// moved.
bool Sweep(const Graph& graph, const std::vector<bool>& due, bool backwards, UnitMoves& moves,
           std::vector<bool>& next) {
  bool moved = false;
  for (Node i = 0; i < graph.size(); ++i) {
    const Node v = backwards ? graph.size() - 1 - i : i;
    if (!due[v] || !moves.OnBorder(v)) continue;
    const UnitMoves::Move best = moves.Best(v);
    if (best.unit == moves.unit(v)) continue;
    moves.Apply(v, best.unit);
    moved = next[v] = true;
    for (const Arc& arc : graph.Arcs(v)) next[arc.to] = true;
  }
  return moved;
}

}  // namespace

void RefineUnits(const Graph& graph, const Limits& limits, int sweeps_max, Units& units) {
  UnitMoves moves(graph, limits, std::move(units));
  std::vector<bool> due(graph.size(), true);
  for (int sweep = 0; sweep < sweeps_max; ++sweep) {
    std::vector<bool> next(graph.size(), false);
    if (!Sweep(graph, due, sweep % 2 == 1, moves, next)) break;
    due = std::move(next);
  }
  units = std::move(moves).Take();
}

void RefineClusters(const Graph& graph, const Limits& limits, const CoarsenRules& clusters, Random& random,
                    Units& units) {
  const Hierarchy hierarchy = Coarsen(graph, clusters, units.of, kCoarsestNodes, random);
  for (const Clustering& clustering : hierarchy.clusterings) units.of = ToClusters(units.of, clustering);
  for (size_t level = hierarchy.graphs.size(); level > 0; --level) {
    RefineUnits(hierarchy.graphs[level - 1], limits, kSweepsPerLevel, units);
    units.of = ToMembers(units.of, hierarchy.clusterings[level - 1]);
  }
  RefineUnits(graph, limits, kSweepsPerLevel, units);
}

void ReorderUnits(const Graph& graph, const Limits& limits, Units& units) {
  Graph quotient = Quotient(graph, {units.of, units.count});
  for (double& length : quotient.length) length += limits.overhead;
  Order order(units.count);
  std::iota(order.begin(), order.end(), 0U);
  if (Sift(quotient, order, std::min(units.count, kReorderReach), kReorderPasses) <= 0) return;
  const std::vector<uint32_t> place = Positions(order);
  for (uint32_t& unit : units.of) unit = place[unit];
}

}  // namespace godwit::planner::arrange
