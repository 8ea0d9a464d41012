// How far from the cheapest plan the search is, where the cheapest can be found: 120 problems of 12 to 16
// nodes. What finds the cheapest is itself checked against trying everything on up to 6 nodes.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "planner/arrange/arrange.h"
#include "planner/arrange/exact.h"
#include "tests/planner/small_problems.h"

namespace godwit::planner::arrange {
namespace {

// The least cost over all assignments of nodes to as many units as there are nodes.
double LeastByTrying(const Graph& graph, const Limits& limits) {
  const Node n = graph.size();
  double least = std::numeric_limits<double>::infinity();
  Units units{std::vector<uint32_t>(n, 0), n};
  for (;;) {
    // Units without nodes are not there.
    std::vector<uint32_t> used = units.of;
    std::ranges::sort(used);
    used.erase(std::ranges::unique(used).begin(), used.end());
    Units dense{units.of, static_cast<uint32_t>(used.size())};
    for (uint32_t& unit : dense.of) {
      unit = static_cast<uint32_t>(std::ranges::lower_bound(used, unit) - used.begin());
    }
    if (IsLegal(graph, limits, dense)) least = std::min(least, UnitsCost(graph, dense, limits.overhead));
    Node v = 0;
    while (v < n && ++units.of[v] == n) units.of[v++] = 0;
    if (v == n) return least;
  }
}

TEST(ExactUnits, IsTheLeastOfAllAssignments) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const Problem problem = RandomProblem(3 + seed % 4, seed % 2 == 1, seed);
    const Limits limits = CapOf(problem, 0.5);
    const Graph graph = PricedGraph(problem, {2, 0, true});
    const Units units = ExactUnits(graph, limits);
    ASSERT_TRUE(IsLegal(graph, limits, units)) << "seed " << seed;
    const double least = LeastByTrying(graph, limits);
    EXPECT_NEAR(UnitsCost(graph, units, limits.overhead), least, 1e-6 * (least + 1)) << "seed " << seed;
  }
}

struct Tally {
  int optimal = 0;
  double found = 0, least = 0;
};

Tally Compare(bool hard) {
  Tally tally;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Problem problem = RandomProblem(12 + seed % 5, hard, 1000 + seed);
    const Limits limits = CapOf(problem, 0.35);
    const Graph graph = PricedGraph(problem, {1, 0, true});
    const Units found = Search(problem, limits, 1, Effort::kDefault, 7);
    EXPECT_TRUE(IsLegal(graph, limits, found)) << "seed " << seed;
    const double cost = UnitsCost(graph, found, limits.overhead);
    const double least = UnitsCost(graph, ExactUnits(graph, limits), limits.overhead);
    EXPECT_GE(cost, least * (1 - 1e-9)) << "seed " << seed;
    tally.optimal += cost <= least * (1 + 1e-6) + 1e-9;
    tally.found += cost;
    tally.least += least;
  }
  std::printf("%s: %d of 60 optimal, sum %.4f of the least\n", hard ? "upstream-first" : "free",
              tally.optimal, tally.found / tally.least);
  return tally;
}

TEST(Search, FindsTheCheapestOfSmallProblemsMostly) {
  const Tally free = Compare(false), hard = Compare(true);
  EXPECT_GE(free.optimal + hard.optimal, 102);  // 85 %
  EXPECT_LE(free.found, free.least * 1.01);
  EXPECT_LE(hard.found, hard.least * 1.01);
}

TEST(Search, IsNeverWorseWithMoreEffort) {
  for (uint64_t seed = 190; seed < 205; ++seed) {  // it did not hold on 191 and 203 once
    const Problem problem = RandomProblem(40 + seed % 3 * 40, seed % 2 == 1, 5000 + seed);
    const Limits limits = CapOf(problem, 0.05);
    const Graph graph = PricedGraph(problem, {1, 0, true});
    const auto cost = [&](Effort effort) {
      return UnitsCost(graph, Search(problem, limits, 1, effort, 7), limits.overhead);
    };
    EXPECT_LE(cost(Effort::kHigh), cost(Effort::kDefault) * (1 + 1e-9)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace godwit::planner::arrange
