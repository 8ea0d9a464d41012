#include "planner/arrange/block_cycle.h"

#include <algorithm>
#include <numeric>

#include "planner/arrange/cut.h"
#include "planner/arrange/sift.h"
#include "planner/arrange/window_cut.h"

namespace godwit::planner::arrange {
namespace {

constexpr double kBlockShares[] = {1e-1, 2e-2, 5e-3, 1e-3, 2e-4};  // of the whole length
constexpr uint32_t kBlockReach = 4 * kSiftReach;
constexpr int kBlockPasses = 1;
constexpr uint32_t kWindowMax = 500;  // nodes
constexpr double kWindowShare = 0.5;  // of all: a window of all of them is never split
constexpr double kGainMin = 0.003;
constexpr uint32_t kBlocksMin = 3;
constexpr double kBlocksMaxShare = 0.9;  // of the nodes: more blocks than that are single nodes

// Returns whether anything moved.
bool Improve(const Graph& graph, uint32_t reach, int passes, Means means, Random& random, Order& order) {
  bool moved = Sift(graph, order, reach, passes) > 0;
  if (means == Means::kWindows) {
    const uint32_t window = std::min(kWindowMax, static_cast<uint32_t>(graph.size() * kWindowShare));
    moved |= CutWindows(graph, window, random, order);
  }
  return moved;
}

void MoveBlocks(const Graph& graph, double length_max, Means means, Random& random, Order& order) {
  const Units blocks = CutIntoBlocks(graph, order, length_max);
  if (blocks.count < kBlocksMin || blocks.count > kBlocksMaxShare * graph.size()) return;
  const Graph quotient = Quotient(graph, {blocks.of, blocks.count});
  Order block_order(blocks.count);
  std::iota(block_order.begin(), block_order.end(), 0U);
  if (!Improve(quotient, kBlockReach, kBlockPasses, means, random, block_order)) return;
  order = SortedByRank(order, blocks.of, Positions(block_order));
}

}  // namespace

void ImproveByBlocks(const Graph& graph, int cycles_max, Means means, Random& random, Order& order) {
  const double length = std::accumulate(graph.length.begin(), graph.length.end(), 0.0);
  double cost = OrderCost(graph, order);
  for (int cycle = 0; cycle < cycles_max; ++cycle) {
    for (double share : kBlockShares) {
      // Another length each time, so that blocks do not end where they ended before.
      MoveBlocks(graph, length * share * (0.7 + 0.6 * random.Share()), means, random, order);
    }
    Improve(graph, kSiftReach, 1, means, random, order);
    const double before = cost;
    cost = OrderCost(graph, order);
    if (cost > before * (1 - kGainMin)) break;
  }
}

}  // namespace godwit::planner::arrange
