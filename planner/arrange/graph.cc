#include "planner/arrange/graph.h"

#include <algorithm>

#include "base/assert.h"
#include "planner/arrange/union_find.h"

namespace godwit::planner::arrange {
namespace {

constexpr Node kNone = ~Node{0};

// Turns counts at [node + 1] into offsets.
void ToOffsets(std::vector<uint32_t>& counts) {
  for (size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
}

// Appends arcs and merges those of one node that lead to the same neighbour.
class ArcBuilder {
 public:
  explicit ArcBuilder(Node nodes, size_t arcs) : slot_(nodes, kNone) { arcs_.reserve(arcs); }
  void Begin() { begin_ = static_cast<uint32_t>(arcs_.size()); }
  void Add(Node to, float after, float before) {
    uint32_t& slot = slot_[to];
    if (slot != kNone && slot >= begin_) {
      arcs_[slot].after += after;
      arcs_[slot].before += before;
    } else {
      slot = static_cast<uint32_t>(arcs_.size());
      arcs_.push_back({to, after, before});
    }
  }
  uint32_t size() const { return static_cast<uint32_t>(arcs_.size()); }
  std::vector<Arc> Take() {
    arcs_.shrink_to_fit();
    return std::move(arcs_);
  }

 private:
  std::vector<uint32_t> slot_;  // where the current node's arc to a neighbour is
  std::vector<Arc> arcs_;
  uint32_t begin_ = 0;
};

float ReaderFirstPrice(const Read& read, const Pricing& pricing) {
  if (read.hard && pricing.forbid_hard) return kForbidden;
  const double extra = read.hard ? pricing.hard_extra : 0;
  return static_cast<float>(read.bytes_per_day * pricing.reader_first + extra);
}

}  // namespace

Graph PricedGraph(const Problem& problem, const Pricing& pricing) {
  Graph graph;
  graph.length = problem.length;
  graph.load = problem.load;
  const Node nodes = graph.size();
  std::vector<uint32_t> offset(nodes + 1, 0);
  for (const Read& read : problem.reads) {
    ++offset[read.upstream + 1];
    ++offset[read.downstream + 1];
  }
  ToOffsets(offset);
  std::vector<Arc> arcs(offset[nodes]);
  std::vector<uint32_t> next(offset.begin(), offset.end() - 1);
  for (const Read& read : problem.reads) {
    GODWIT_ASSERT(read.upstream != read.downstream);
    const float reader_first = ReaderFirstPrice(read, pricing);
    arcs[next[read.upstream]++] = {read.downstream, read.bytes_per_day, reader_first};
    arcs[next[read.downstream]++] = {read.upstream, reader_first, read.bytes_per_day};
  }
  ArcBuilder merged(nodes, arcs.size());
  graph.first.assign(nodes + 1, 0);
  for (Node v = 0; v < nodes; ++v) {
    merged.Begin();
    for (uint32_t i = offset[v]; i < offset[v + 1]; ++i)
      merged.Add(arcs[i].to, arcs[i].after, arcs[i].before);
    graph.first[v + 1] = merged.size();
  }
  graph.arcs = merged.Take();
  return graph;
}

Clustering Numbered(std::vector<Node> representative) {
  Clustering clusters{std::move(representative), 0};
  std::vector<Node> number(clusters.of.size(), kNone);
  for (Node& cluster : clusters.of) {
    if (number[cluster] == kNone) number[cluster] = clusters.count++;
    cluster = number[cluster];
  }
  return clusters;
}

Graph Quotient(const Graph& graph, const Clustering& clusters) {
  Graph quotient;
  quotient.length.assign(clusters.count, 0);
  quotient.load.assign(clusters.count, 0);
  quotient.first.assign(clusters.count + 1, 0);
  std::vector<uint32_t> offset(clusters.count + 1, 0);
  for (Node cluster : clusters.of) ++offset[cluster + 1];
  ToOffsets(offset);
  std::vector<Node> member(graph.size());
  std::vector<uint32_t> next(offset.begin(), offset.end() - 1);
  for (Node v = 0; v < graph.size(); ++v) member[next[clusters.of[v]]++] = v;

  ArcBuilder merged(clusters.count, graph.arcs.size());
  for (Node cluster = 0; cluster < clusters.count; ++cluster) {
    merged.Begin();
    for (uint32_t i = offset[cluster]; i < offset[cluster + 1]; ++i) {
      quotient.length[cluster] += graph.length[member[i]];
      quotient.load[cluster] += graph.load[member[i]];
      for (const Arc& arc : graph.Arcs(member[i])) {
        const Node other = clusters.of[arc.to];
        if (other != cluster) merged.Add(other, arc.after, arc.before);
      }
    }
    quotient.first[cluster + 1] = merged.size();
  }
  quotient.arcs = merged.Take();
  return quotient;
}

Problem Restrict(const Problem& problem, std::span<const Node> nodes) {
  Problem part;
  std::vector<Node> place(problem.length.size(), kNone);
  for (size_t i = 0; i < nodes.size(); ++i) {
    place[nodes[i]] = static_cast<Node>(i);
    part.length.push_back(problem.length[nodes[i]]);
    part.load.push_back(problem.load[nodes[i]]);
  }
  for (const Read& read : problem.reads) {
    const Node upstream = place[read.upstream];
    const Node downstream = place[read.downstream];
    if (upstream != kNone && downstream != kNone) {
      part.reads.push_back({upstream, downstream, read.bytes_per_day, read.hard});
    }
  }
  return part;
}

Graph Subgraph(const Graph& graph, std::span<const Node> nodes, std::vector<Node>& scratch) {
  scratch.resize(graph.size(), kNone);
  for (size_t i = 0; i < nodes.size(); ++i) scratch[nodes[i]] = static_cast<Node>(i);
  Graph part;
  part.first.push_back(0);
  for (Node v : nodes) {
    part.length.push_back(graph.length[v]);
    part.load.push_back(graph.load[v]);
    for (const Arc& arc : graph.Arcs(v)) {
      if (scratch[arc.to] != kNone) part.arcs.push_back({scratch[arc.to], arc.after, arc.before});
    }
    part.first.push_back(static_cast<uint32_t>(part.arcs.size()));
  }
  for (Node v : nodes) scratch[v] = kNone;
  return part;
}

Clustering WeakComponents(const Problem& problem) {
  UnionFind sets(static_cast<Node>(problem.length.size()));
  for (const Read& read : problem.reads) sets.Join(read.upstream, read.downstream);
  return Numbered(sets.Representatives());
}

}  // namespace godwit::planner::arrange
