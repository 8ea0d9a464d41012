// planner/arrange/coarsen.h — joins neighbours that exchange much, so that the next smaller graph can be
// solved first.
#pragma once

#include "planner/arrange/graph.h"
#include "planner/arrange/random.h"

namespace godwit::planner::arrange {

struct CoarsenRules {
  double load_max;           // of one cluster
  double size_aversion = 0;  // 0, 0.5 or 1: how strongly large clusters are avoided
};

// Every node in turn, those with few neighbours first, joins the neighbouring cluster to which it is bound
// most, until fewer than half the nodes are left or nothing fits. Nodes join only where they have the same
// entry in `inside`, if that is not empty. O(arcs).
Clustering HeavyClusters(const Graph& graph, const CoarsenRules& rules, std::span<const uint32_t> inside,
                         Random& random);

// Ever coarser graphs. Level 0 is the given graph and not kept here.
struct Hierarchy {
  std::vector<Graph> graphs;            // [i] is level i + 1
  std::vector<Clustering> clusterings;  // [i] says where the nodes of level i are in level i + 1
};

// Joins until `nodes_min` are left or a level hardly shrinks.
Hierarchy Coarsen(const Graph& graph, const CoarsenRules& rules, std::span<const uint32_t> inside,
                  Node nodes_min, Random& random);

// What the nodes have in common with the clusters they are in, for a value equal inside each cluster; and
// back.
std::vector<uint32_t> ToClusters(std::span<const uint32_t> of_nodes, const Clustering& clusters);
std::vector<uint32_t> ToMembers(std::span<const uint32_t> of_clusters, const Clustering& clusters);

}  // namespace godwit::planner::arrange
