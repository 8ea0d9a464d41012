#include "planner/arrange/start_order.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "planner/arrange/block_cycle.h"
#include "planner/arrange/sift.h"

namespace godwit::planner::arrange {
namespace {

constexpr Node kCoarsestNodes = 400;
constexpr int kStarts = 2;
constexpr uint32_t kCoarsestReach = 1000;       // places: all of a graph that could be coarsened well
constexpr uint32_t kCoarsestSteps = 4'000'000;  // places times nodes, where it could not
constexpr int kCoarsestPasses = 3;
constexpr int kPassesPerLevel = 2;

// Nodes as breadth-first search meets them, from nodes with few neighbours; the first root is drawn by lot.
Order BreadthFirst(const Graph& graph, Random& random) {
  Order roots(graph.size());
  std::iota(roots.begin(), roots.end(), 0U);
  random.Shuffle(roots);
  std::stable_sort(roots.begin() + 1, roots.end(),
                   [&](Node a, Node b) { return graph.Arcs(a).size() < graph.Arcs(b).size(); });
  std::vector<bool> seen(graph.size(), false);
  Order order;
  order.reserve(graph.size());
  for (Node root : roots) {
    if (seen[root]) continue;
    seen[root] = true;
    order.push_back(root);
    for (size_t head = order.size() - 1; head < order.size(); ++head) {
      for (const Arc& arc : graph.Arcs(order[head])) {
        if (seen[arc.to]) continue;
        seen[arc.to] = true;
        order.push_back(arc.to);
      }
    }
  }
  return order;
}

Order CoarsestOrder(const Graph& graph, Random& random) {
  Order best;
  double best_cost = std::numeric_limits<double>::infinity();
  for (int start = 0; start < kStarts; ++start) {
    Order order = BreadthFirst(graph, random);
    Sift(graph, order, std::clamp(kCoarsestSteps / graph.size(), kSiftReach, kCoarsestReach),
         kCoarsestPasses);
    const double cost = OrderCost(graph, order);
    if (cost < best_cost) {
      best_cost = cost;
      best = std::move(order);
    }
  }
  return best;
}

Order OfMembers(const Order& clusters, const Clustering& clustering) {
  Order nodes(clustering.of.size());
  std::iota(nodes.begin(), nodes.end(), 0U);
  return SortedByRank(nodes, clustering.of, Positions(clusters));
}

}  // namespace

Order StartOrder(const Graph& graph, const CoarsenRules& rules, Random& random) {
  if (graph.size() == 0) return {};
  const Hierarchy hierarchy = Coarsen(graph, rules, {}, kCoarsestNodes, random);
  const auto level_graph = [&](size_t level) -> const Graph& {
    return level == 0 ? graph : hierarchy.graphs[level - 1];
  };
  size_t level = hierarchy.graphs.size();
  Order order = CoarsestOrder(level_graph(level), random);
  while (level-- > 0) {
    order = OfMembers(order, hierarchy.clusterings[level]);
    Sift(level_graph(level), order, kSiftReach, kPassesPerLevel);
  }
  return order;
}

}  // namespace godwit::planner::arrange
