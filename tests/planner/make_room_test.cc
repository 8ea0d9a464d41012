#include "planner/arrange/make_room.h"

#include <gtest/gtest.h>

#include <numeric>

#include "planner/arrange/refine.h"
#include "tests/planner/small_problems.h"

namespace godwit::planner::arrange {
namespace {

constexpr size_t kTries = 16;

TEST(MakeRoom, SwapsALargeReaderForWhatIsCheaperOutside) {
  // 0 is read by 1 and 2, which do not both fit beside it; 3 is there for no great reason.
  Problem problem;
  problem.length = {50, 47, 3, 45, 60};
  problem.load = problem.length;
  problem.reads = {{0, 1, 1780, false}, {0, 2, 2020, false}, {0, 3, 10, false}, {3, 4, 5, false}};
  const Limits limits{100, 25};
  const Graph graph = PricedGraph(problem, {1, 0, false});
  Units units{{0, 1, 0, 0, 2}, 3};
  Units moved = units;
  RefineUnits(graph, limits, 8, moved);
  EXPECT_EQ(moved.of, units.of) << "no single move helps";
  EXPECT_TRUE(MakeRoom(graph, limits, kTries, moved));
  EXPECT_EQ(moved.of[1], moved.of[0]);
  EXPECT_EQ(moved.of[2], moved.of[0]);
  EXPECT_NE(moved.of[3], moved.of[0]);
  EXPECT_TRUE(IsLegal(graph, limits, moved));
  EXPECT_LT(UnitsCost(graph, moved, limits.overhead), UnitsCost(graph, units, limits.overhead));
}

TEST(MakeRoom, IsNeverDearerAndKeepsTheLimits) {
  int changed = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const bool hard = seed % 2 == 1;
    const Problem problem = RandomProblem(40, hard, seed);
    const Limits limits = CapOf(problem, 0.2);
    const Graph graph = PricedGraph(problem, {2, 0, hard});
    Order order(graph.size());
    std::iota(order.begin(), order.end(), 0U);
    Units units = CutOrder(graph, order, limits, 64);
    RefineUnits(graph, limits, 8, units);
    const double before = UnitsCost(graph, units, limits.overhead);
    const Units kept = units;
    const bool said = MakeRoom(graph, limits, kTries, units);
    const double after = UnitsCost(graph, units, limits.overhead);
    ASSERT_TRUE(IsLegal(graph, limits, units)) << "seed " << seed;
    ASSERT_LE(after, before * (1 + 1e-9)) << "seed " << seed;
    ASSERT_EQ(said, after < before) << "seed " << seed;
    if (!said) {
      ASSERT_EQ(units.of, kept.of) << "seed " << seed;
    }
    changed += said;
  }
  EXPECT_GT(changed, 100);
}

TEST(MakeRoom, TriesNothingWhereNoTryIsLeft) {
  const Problem problem = RandomProblem(40, false, 3);
  const Limits limits = CapOf(problem, 0.2);
  const Graph graph = PricedGraph(problem, {1, 0, false});
  Order order(graph.size());
  std::iota(order.begin(), order.end(), 0U);
  Units units = CutOrder(graph, order, limits, 64);
  const Units kept = units;
  EXPECT_FALSE(MakeRoom(graph, limits, 0, units));
  EXPECT_EQ(units.of, kept.of);
}

}  // namespace
}  // namespace godwit::planner::arrange
