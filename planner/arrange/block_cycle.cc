#include "planner/arrange/block_cycle.h"

#include <algorithm>
#include <numeric>

#include "planner/arrange/cut.h"
#include "planner/arrange/sift.h"

namespace godwit::planner::arrange {
namespace {

constexpr double kBlockShares[] = {1e-1, 2e-2, 5e-3, 1e-3, 2e-4};  // of the whole length
constexpr uint32_t kBlockReach = 4 * kSiftReach;
constexpr int kBlockPasses = 3;
constexpr double kGainMin = 0.003;
constexpr uint32_t kBlocksMin = 3;
constexpr double kBlocksMaxShare = 0.9;  // of the nodes: more blocks than that are single nodes

void MoveBlocks(const Graph& graph, double length_max, Order& order) {
  const Units blocks = CutIntoBlocks(graph, order, length_max);
  if (blocks.count < kBlocksMin || blocks.count > kBlocksMaxShare * graph.size()) return;
  const Graph quotient = Quotient(graph, {blocks.of, blocks.count});
  Order block_order(blocks.count);
  std::iota(block_order.begin(), block_order.end(), 0U);
  if (Sift(quotient, block_order, kBlockReach, kBlockPasses) <= 0) return;
  order = SortedByRank(order, blocks.of, Positions(block_order));
}

}  // namespace

void ImproveByBlocks(const Graph& graph, int cycles_max, Random& random, Order& order) {
  const double length = std::accumulate(graph.length.begin(), graph.length.end(), 0.0);
  double cost = OrderCost(graph, order);
  for (int cycle = 0; cycle < cycles_max; ++cycle) {
    for (double share : kBlockShares) {
      // Another length each time, so that blocks do not end where they ended before.
      MoveBlocks(graph, length * share * (0.7 + 0.6 * random.Share()), order);
    }
    Sift(graph, order, kSiftReach, 1);
    const double before = cost;
    cost = OrderCost(graph, order);
    if (cost > before * (1 - kGainMin)) break;
  }
}

}  // namespace godwit::planner::arrange
