#include "lineage/shape.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <map>
#include <numeric>
#include <set>

namespace godwit::lineage {
namespace {

// Union-find over tables, then jobs.
class Pieces {
 public:
  explicit Pieces(size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0u); }
  uint32_t Root(uint32_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }
  void Join(uint32_t a, uint32_t b) {
    a = Root(a);
    b = Root(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<uint32_t> parent_;
};

bool Relates(const Graph& graph, const Access& access) {
  return access.via == access.table && graph.table(access.table).kind != TableKind::kExternal;
}

std::vector<Chain> ChainsOf(const Graph& graph) {
  const auto tables = static_cast<uint32_t>(graph.tables.size());
  Pieces pieces(tables + graph.jobs.size());
  for (const Access& access : graph.accesses) {
    if (Relates(graph, access)) pieces.Join(Index(access.table), tables + Index(access.job));
  }
  std::map<uint32_t, Chain> by_root;
  for (uint32_t i = 0; i < tables; ++i) {
    if (graph.tables[i].kind == TableKind::kExternal) continue;
    Chain& chain = by_root[pieces.Root(i)];
    chain.tables.push_back(TableId(i));
    chain.bytes += graph.tables[i].bytes;
  }
  for (uint32_t i = 0; i < graph.jobs.size(); ++i) {
    if (const auto chain = by_root.find(pieces.Root(tables + i)); chain != by_root.end())
      ++chain->second.jobs;
  }
  std::vector<Chain> chains;
  for (auto& [root, chain] : by_root) chains.push_back(std::move(chain));
  std::stable_sort(chains.begin(), chains.end(),
                   [](const Chain& a, const Chain& b) { return a.tables.size() > b.tables.size(); });
  return chains;
}

// Tables of the largest piece of a chain when some of its tables are gone.
uint64_t LargestLeft(const Graph& graph, const Chain& chain, const std::vector<Access>& accesses,
                     const std::set<TableId>& gone) {
  const auto tables = static_cast<uint32_t>(graph.tables.size());
  Pieces pieces(tables + graph.jobs.size());
  for (const Access& access : accesses) {
    if (gone.count(access.table) == 0) pieces.Join(Index(access.table), tables + Index(access.job));
  }
  std::map<uint32_t, uint64_t> sizes;
  uint64_t largest = 0;
  for (const TableId table : chain.tables) {
    if (gone.count(table) == 0) largest = std::max(largest, ++sizes[pieces.Root(Index(table))]);
  }
  return largest;
}

std::vector<CoreTable> CoreOf(const Graph& graph, const Chain& chain) {
  const std::set<TableId> members(chain.tables.begin(), chain.tables.end());
  std::vector<Access> accesses;
  std::map<TableId, std::set<JobId>> neighbours;
  for (const Access& access : graph.accesses) {
    if (!Relates(graph, access) || members.count(access.table) == 0) continue;
    accesses.push_back(access);
    neighbours[access.table].insert(access.job);
  }
  std::vector<TableId> candidates;
  for (const auto& [table, jobs] : neighbours) {
    if (jobs.size() > 2) candidates.push_back(table);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](TableId a, TableId b) { return neighbours[a].size() > neighbours[b].size(); });
  if (candidates.size() > kCoreCandidatesMax) candidates.resize(kCoreCandidatesMax);
  // Each time the one that leaves the smallest piece.
  std::vector<CoreTable> core;
  std::set<TableId> gone;
  uint64_t before = chain.tables.size();
  while (!candidates.empty() && core.size() < kCoreTablesMax) {
    size_t best = 0;
    uint64_t best_left = UINT64_MAX;
    for (size_t i = 0; i < candidates.size(); ++i) {
      gone.insert(candidates[i]);
      const uint64_t left = LargestLeft(graph, chain, accesses, gone);
      gone.erase(candidates[i]);
      if (left < best_left) {
        best_left = left;
        best = i;
      }
    }
    if (best_left + 1 >= before) break;  // it only takes itself away
    core.push_back({candidates[best], neighbours[candidates[best]].size(), best_left});
    gone.insert(candidates[best]);
    candidates.erase(candidates.begin() + static_cast<long>(best));
    before = best_left;
  }
  return core;
}

}  // namespace

std::vector<std::vector<uint32_t>> CyclesOf(uint32_t count,
                                            const std::vector<std::pair<uint32_t, uint32_t>>& arcs) {
  using Csr = boost::compressed_sparse_row_graph<boost::directedS>;
  const Csr csr(boost::edges_are_unsorted_multi_pass, arcs.begin(), arcs.end(), count);
  std::vector<uint32_t> component(count);
  boost::strong_components(
      csr, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, csr)));
  std::map<uint32_t, std::vector<uint32_t>> members;
  for (uint32_t i = 0; i < count; ++i) members[component[i]].push_back(i);
  std::vector<std::vector<uint32_t>> cycles;
  for (auto& [id, nodes] : members) {
    if (nodes.size() > 1) cycles.push_back(std::move(nodes));
  }
  std::sort(cycles.begin(), cycles.end());
  return cycles;
}

Shape ShapeOf(const Graph& graph) {
  Shape shape;
  shape.chains = ChainsOf(graph);
  std::vector<std::pair<uint32_t, uint32_t>> arcs;
  for (const Edge& edge : graph.edges) {
    if (edge.upstream != edge.downstream) arcs.emplace_back(Index(edge.upstream), Index(edge.downstream));
  }
  for (const std::vector<uint32_t>& cycle : CyclesOf(static_cast<uint32_t>(graph.tables.size()), arcs)) {
    std::vector<TableId> tables;
    for (const uint32_t node : cycle) tables.push_back(TableId(node));
    shape.cycles.push_back(std::move(tables));
  }
  if (!shape.chains.empty()) shape.core = CoreOf(graph, shape.chains.front());
  return shape;
}

std::vector<uint32_t> Around(const Graph& graph, const std::vector<TableId>& tables, int up, int down) {
  std::multimap<TableId, uint32_t> by_upstream, by_downstream;
  for (uint32_t i = 0; i < graph.edges.size(); ++i) {
    by_upstream.emplace(graph.edges[i].upstream, i);
    by_downstream.emplace(graph.edges[i].downstream, i);
  }
  std::set<uint32_t> found;
  const auto walk = [&](int steps, const std::multimap<TableId, uint32_t>& edges, TableId Edge::*next) {
    std::set<TableId> seen(tables.begin(), tables.end());
    std::vector<TableId> open(tables.begin(), tables.end());
    for (int step = 0; (steps < 0 || step < steps) && !open.empty(); ++step) {
      std::vector<TableId> after;
      for (const TableId table : open) {
        const auto [begin, end] = edges.equal_range(table);
        for (auto it = begin; it != end; ++it) {
          found.insert(it->second);
          const TableId other = graph.edges[it->second].*next;
          if (seen.insert(other).second) after.push_back(other);
        }
      }
      open = std::move(after);
    }
  };
  walk(up, by_downstream, &Edge::upstream);
  walk(down, by_upstream, &Edge::downstream);
  return {found.begin(), found.end()};
}

}  // namespace godwit::lineage
