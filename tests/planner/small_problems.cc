#include "tests/planner/small_problems.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planner/arrange/random.h"

namespace godwit::planner::arrange {

Problem RandomProblem(Node nodes, bool hard, uint64_t seed) {
  Random random(seed);
  Problem problem;
  for (Node v = 0; v < nodes; ++v) {
    problem.length.push_back(std::pow(10.0, 3 * random.Share()));
    problem.load.push_back(problem.length.back());
  }
  for (Node v = 1; v < nodes; ++v) {  // connected, upstream has the lower number
    for (uint32_t i = 1 + random.Below(2); i-- > 0;) {
      problem.reads.push_back(
          {random.Below(v), v, static_cast<float>(std::pow(10.0, 4 * random.Share())), hard});
    }
  }
  return problem;
}

Limits CapOf(const Problem& problem, double share) {
  const double all = std::accumulate(problem.load.begin(), problem.load.end(), 0.0);
  const double cap = share * all;
  return {std::max(cap, *std::ranges::max_element(problem.load)), 0.25 * cap};
}

bool IsLegal(const Graph& graph, const Limits& limits, const Units& units) {
  std::vector<double> load(units.count, 0);
  for (Node v = 0; v < graph.size(); ++v) {
    load[units.of[v]] += graph.load[v];
    for (const Arc& arc : graph.Arcs(v)) {
      if (IsForbidden(arc.before) && units.of[arc.to] < units.of[v]) return false;
      if (IsForbidden(arc.after) && units.of[arc.to] > units.of[v]) return false;
    }
  }
  return std::ranges::all_of(load, [&](double sum) { return sum <= limits.load_max * (1 + 1e-9); });
}

}  // namespace godwit::planner::arrange
