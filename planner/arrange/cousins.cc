#include "planner/arrange/cousins.h"

#include <algorithm>
#include <tuple>

namespace godwit::planner::arrange {
namespace {

struct Cousin {
  Node hub;         // the neighbour to which it is bound most
  uint32_t inside;  // what it may not leave
  float density;    // price a day of all its arcs, per length
  Node node;
};

Cousin CousinOf(const Graph& graph, std::span<const uint32_t> inside, Node v) {
  Cousin cousin{v, inside.empty() ? 0 : inside[v], 0, v};
  float strongest = -1;
  double price = 0;
  for (const Arc& arc : graph.Arcs(v)) {
    const float bond = std::min(arc.after, arc.before);
    price += bond;
    if (bond > strongest) {
      strongest = bond;
      cousin.hub = arc.to;
    }
  }
  cousin.density = static_cast<float>(price / std::max(graph.length[v], 1e-9));
  return cousin;
}

std::vector<Cousin> SortedCousins(const Graph& graph, std::span<const uint32_t> inside,
                                  const Clustering& clusters) {
  std::vector<uint32_t> members(clusters.count, 0);
  for (Node cluster : clusters.of) ++members[cluster];
  std::vector<Cousin> cousins;
  for (Node v = 0; v < graph.size(); ++v) {
    if (members[clusters.of[v]] == 1 && !graph.Arcs(v).empty()) cousins.push_back(CousinOf(graph, inside, v));
  }
  std::ranges::sort(cousins, [](const Cousin& a, const Cousin& b) {
    return std::tie(a.hub, a.inside, a.density, a.node) < std::tie(b.hub, b.inside, b.density, b.node);
  });
  return cousins;
}

}  // namespace

Clustering JoinCousins(const Graph& graph, const CoarsenRules& rules, std::span<const uint32_t> inside,
                       const Clustering& clusters) {
  const std::vector<Cousin> cousins = SortedCousins(graph, inside, clusters);
  std::vector<Node> representative = clusters.of;
  for (size_t i = 1; i < cousins.size(); ++i) {
    const Cousin &a = cousins[i - 1], &b = cousins[i];
    if (a.hub != b.hub || a.inside != b.inside) continue;
    if (graph.load[a.node] + graph.load[b.node] > rules.load_max) continue;
    representative[b.node] = representative[a.node];
    ++i;  // pairs
  }
  return Numbered(std::move(representative));
}

}  // namespace godwit::planner::arrange
