#include "planner/arrange/exact.h"

#include <bit>
#include <limits>

#include "base/assert.h"

namespace godwit::planner::arrange {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kSlack = 1 + 1e-9;

using Set = uint32_t;  // bit v: node v

// What is known of every set of nodes.
struct SetSums {
  std::vector<double> length;
  std::vector<double> load;
  std::vector<double> crossing;  // price a day while exactly this set has moved; kNever if it may not be so
};

SetSums SumSets(const Graph& graph) {
  const Set sets = Set{1} << graph.size();
  SetSums sums{std::vector<double>(sets, 0), std::vector<double>(sets, 0), std::vector<double>(sets, 0)};
  for (Set set = 1; set < sets; ++set) {
    const Node v = static_cast<Node>(std::countr_zero(set));
    const Set rest = set & (set - 1);
    sums.length[set] = sums.length[rest] + graph.length[v];
    sums.load[set] = sums.load[rest] + graph.load[v];
    for (Node w = 0; w < graph.size(); ++w) {
      if ((set >> w & 1) == 0) continue;
      for (const Arc& arc : graph.Arcs(w)) {
        if ((set >> arc.to & 1) == 0) sums.crossing[set] += IsForbidden(arc.after) ? kNever : arc.after;
      }
    }
  }
  return sums;
}

}  // namespace

Units ExactUnits(const Graph& graph, const Limits& limits) {
  GODWIT_ASSERT(graph.size() <= kExactNodesMax);
  const Set all = (Set{1} << graph.size()) - 1;
  const SetSums sums = SumSets(graph);
  std::vector<double> cost(all + 1, kNever);  // of the cheapest way to have moved a set
  std::vector<Set> last(all + 1, 0);          // … whose last unit is this
  cost[0] = 0;
  for (Set moved = 0; moved < all; ++moved) {
    if (cost[moved] == kNever || sums.crossing[moved] == kNever) continue;
    const Set left = all & ~moved;
    for (Set unit = left; unit != 0; unit = (unit - 1) & left) {
      if (sums.load[unit] > limits.load_max * kSlack && !std::has_single_bit(unit)) continue;
      const double way = cost[moved] + sums.crossing[moved] * (sums.length[unit] + limits.overhead);
      if (way < cost[moved | unit]) {
        cost[moved | unit] = way;
        last[moved | unit] = unit;
      }
    }
  }
  Units units{std::vector<uint32_t>(graph.size()), 0};
  for (Set moved = all; moved != 0; moved &= ~last[moved]) {
    GODWIT_ASSERT(last[moved] != 0);
    for (Node v = 0; v < graph.size(); ++v) {
      if (last[moved] >> v & 1) units.of[v] = units.count;
    }
    ++units.count;
  }
  for (uint32_t& unit : units.of) unit = units.count - 1 - unit;
  return units;
}

}  // namespace godwit::planner::arrange
