// planner/arrange/graph.h — what is put in order: nodes that take time to move, and arcs that cost for as
// long as their ends are on different sites. A node is an atom (planner/atoms.h) or a cluster of atoms; here
// it is only a number.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace godwit::planner::arrange {

using Node = uint32_t;  // position in a Graph; means nothing to another Graph

// The price of an order that must never be.
inline constexpr float kForbidden = 1e30F;
inline bool IsForbidden(float price) { return price >= kForbidden; }

struct Arc {
  Node to;
  float after;   // price a day if `to` moves later than this node; an arc and its twin agree on it:
  float before;  // arc.after == twin.before
};

struct Graph {
  std::vector<double> length;   // bytes: how long moving the node keeps others waiting
  std::vector<double> load;     // bytes it takes of its unit's cap
  std::vector<uint32_t> first;  // size() + 1 offsets into arcs
  std::vector<Arc> arcs;        // each pair of neighbours once from either end

  Node size() const { return static_cast<Node>(length.size()); }
  std::span<const Arc> Arcs(Node node) const {
    return {arcs.data() + first[node], arcs.data() + first[node + 1]};
  }
};

// A read across two atoms.
struct Read {
  Node upstream;
  Node downstream;
  float bytes_per_day;
  bool hard;  // downstream must not move first
};

struct Problem {
  std::vector<double> length;
  std::vector<double> load;
  std::vector<Read> reads;  // parallel ones are allowed, loops are not
};

// What a reader costs that moves before its upstream.
struct Pricing {
  double reader_first = 1;  // times the read's bytes; 1: order does not matter
  double hard_extra = 0;    // added for each hard read: the softened form of "never"
  bool forbid_hard = false;
};

// Parallel reads become one arc. Arcs are sorted by the other end. O(reads + nodes).
Graph PricedGraph(const Problem& problem, const Pricing& pricing);

// Which cluster each node belongs to; clusters are numbered 0 … count - 1.
struct Clustering {
  std::vector<Node> of;
  Node count = 0;
};

// Renumbers clusters by their first node, so that equal clusterings have equal numbers.
Clustering Numbered(std::vector<Node> representative);

// One node a cluster: lengths, loads and prices add up, arcs inside vanish. O(arcs).
Graph Quotient(const Graph& graph, const Clustering& clusters);

// The graph of `nodes` alone; its node i is nodes[i]. Arcs that leave are dropped.
Problem Restrict(const Problem& problem, std::span<const Node> nodes);

// The same of a graph. `scratch` is kept from call to call, so that many small parts cost no more than their
// own size.
Graph Subgraph(const Graph& graph, std::span<const Node> nodes, std::vector<Node>& scratch);

// Weakly connected components.
Clustering WeakComponents(const Problem& problem);

}  // namespace godwit::planner::arrange
