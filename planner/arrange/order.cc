#include "planner/arrange/order.h"

namespace godwit::planner::arrange {

std::vector<uint32_t> Positions(const Order& order) {
  std::vector<uint32_t> position(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) position[order[i]] = i;
  return position;
}

double OrderCost(const Graph& graph, const Order& order) {
  std::vector<double> end(graph.size());
  double at = 0;
  for (Node v : order) end[v] = at += graph.length[v];
  const std::vector<uint32_t> position = Positions(order);
  double cost = 0;
  for (Node v = 0; v < graph.size(); ++v) {
    for (const Arc& arc : graph.Arcs(v)) {
      if (position[arc.to] > position[v]) cost += arc.after * (end[arc.to] - end[v]);
    }
  }
  return cost;
}

Order SortedByRank(const Order& nodes, const std::vector<Node>& cluster_of,
                   const std::vector<uint32_t>& rank) {
  std::vector<uint32_t> next(rank.size() + 1, 0);
  for (Node v : nodes) ++next[rank[cluster_of[v]] + 1];
  for (size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
  Order sorted(nodes.size());
  for (Node v : nodes) sorted[next[rank[cluster_of[v]]]++] = v;
  return sorted;
}

}  // namespace godwit::planner::arrange
