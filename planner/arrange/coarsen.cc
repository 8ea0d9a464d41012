#include "planner/arrange/coarsen.h"

#include <algorithm>
#include <cmath>

#include "planner/arrange/cousins.h"

namespace godwit::planner::arrange {
namespace {

constexpr double kShareLeft = 0.45;  // of the nodes, when a round of joining stops
constexpr double kCousinsMin = 0.8;  // of the nodes: if more are left, cousins are joined too
constexpr double kShrinkMin = 0.95;  // a level that keeps more of the nodes is the last
constexpr int kLevelsMax = 64;

// How strongly an arc binds: its price in the cheaper direction, which is the read itself.
float Bond(const Arc& arc) { return std::min(arc.after, arc.before); }

// Nodes by number of arcs, fewest first, in random order among equals.
std::vector<Node> ByDegree(const Graph& graph, Random& random) {
  std::vector<Node> shuffled(graph.size());
  for (Node v = 0; v < graph.size(); ++v) shuffled[v] = v;
  random.Shuffle(shuffled);
  size_t degree_max = 0;
  for (Node v = 0; v < graph.size(); ++v) degree_max = std::max(degree_max, graph.Arcs(v).size());
  std::vector<uint32_t> next(degree_max + 2, 0);
  for (Node v = 0; v < graph.size(); ++v) ++next[graph.Arcs(v).size() + 1];
  for (size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
  std::vector<Node> sorted(graph.size());
  for (Node v : shuffled) sorted[next[graph.Arcs(v).size()]++] = v;
  return sorted;
}

class Joining {
 public:
  Joining(const Graph& graph, const CoarsenRules& rules, std::span<const uint32_t> inside)
      : graph_(graph),
        rules_(rules),
        inside_(inside),
        parent_(graph.size()),
        load_(graph.load),
        bond_(graph.size(), 0),
        grown_(graph.size(), false) {
    for (Node v = 0; v < graph.size(); ++v) parent_[v] = v;
  }

  // True if `v`, alone so far, joined a neighbouring cluster.
  bool Join(Node v) {
    if (parent_[v] != v || grown_[v]) return false;
    const Node best = BestCluster(v);
    if (best == v) return false;
    parent_[v] = best;
    load_[best] += load_[v];
    grown_[best] = true;
    return true;
  }

  Node Find(Node v) {
    while (parent_[v] != v) v = parent_[v] = parent_[parent_[v]];
    return v;
  }

 private:
  Node BestCluster(Node v) {
    near_.clear();
    for (const Arc& arc : graph_.Arcs(v)) {
      if (!inside_.empty() && inside_[arc.to] != inside_[v]) continue;
      const Node cluster = Find(arc.to);
      if (cluster == v) continue;
      if (bond_[cluster] == 0) near_.push_back(cluster);
      bond_[cluster] += Bond(arc);
    }
    Node best = v;
    double best_rating = 0;
    for (Node cluster : near_) {
      const double rating = Rating(bond_[cluster], load_[cluster] + load_[v]);
      bond_[cluster] = 0;
      if (load_[cluster] + load_[v] <= rules_.load_max && rating > best_rating) {
        best_rating = rating;
        best = cluster;
      }
    }
    return best;
  }

  double Rating(double bond, double load) const {
    const double size = load + 0.01 * rules_.load_max;
    if (rules_.size_aversion == 0) return bond;
    return rules_.size_aversion < 1 ? bond / std::sqrt(size) : bond / size;
  }

  const Graph& graph_;
  const CoarsenRules rules_;
  const std::span<const uint32_t> inside_;
  std::vector<Node> parent_;
  std::vector<double> load_;
  std::vector<float> bond_;  // of the node in turn to each cluster near it; else 0
  std::vector<Node> near_;
  std::vector<bool> grown_;
};

}  // namespace

Clustering HeavyClusters(const Graph& graph, const CoarsenRules& rules, std::span<const uint32_t> inside,
                         Random& random) {
  Joining joining(graph, rules, inside);
  double left = graph.size();
  for (Node v : ByDegree(graph, random)) {
    if (left <= graph.size() * kShareLeft) break;
    if (joining.Join(v)) --left;
  }
  std::vector<Node> representative(graph.size());
  for (Node v = 0; v < graph.size(); ++v) representative[v] = joining.Find(v);
  return Numbered(std::move(representative));
}

Hierarchy Coarsen(const Graph& graph, const CoarsenRules& rules, std::span<const uint32_t> inside,
                  Node nodes_min, Random& random) {
  Hierarchy hierarchy;
  hierarchy.graphs.reserve(kLevelsMax);  // graphs stay where they are
  std::vector<uint32_t> within(inside.begin(), inside.end());
  const Graph* coarsest = &graph;
  for (int level = 0; level < kLevelsMax && coarsest->size() > nodes_min; ++level) {
    Clustering clusters = HeavyClusters(*coarsest, rules, within, random);
    if (clusters.count > coarsest->size() * kCousinsMin) {
      clusters = JoinCousins(*coarsest, rules, within, clusters);
    }
    if (clusters.count > coarsest->size() * kShrinkMin) break;
    if (!within.empty()) within = ToClusters(within, clusters);
    hierarchy.graphs.push_back(Quotient(*coarsest, clusters));
    hierarchy.clusterings.push_back(std::move(clusters));
    coarsest = &hierarchy.graphs.back();
  }
  return hierarchy;
}

std::vector<uint32_t> ToClusters(std::span<const uint32_t> of_nodes, const Clustering& clusters) {
  std::vector<uint32_t> of_clusters(clusters.count);
  for (size_t v = 0; v < of_nodes.size(); ++v) of_clusters[clusters.of[v]] = of_nodes[v];
  return of_clusters;
}

std::vector<uint32_t> ToMembers(std::span<const uint32_t> of_clusters, const Clustering& clusters) {
  std::vector<uint32_t> of_nodes(clusters.of.size());
  for (size_t v = 0; v < of_nodes.size(); ++v) of_nodes[v] = of_clusters[clusters.of[v]];
  return of_nodes;
}

}  // namespace godwit::planner::arrange
