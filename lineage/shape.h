// lineage/shape.h — the shape of a lineage graph: chains, cycles, hubs and what holds a chain together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lineage/graph.h"

namespace godwit::lineage {

// A relationship chain: tables and jobs that hang together, directions aside.
struct Chain {
  std::vector<TableId> tables;  // sorted
  uint64_t jobs = 0;
  int64_t bytes = 0;
};

// A table whose removal lets the largest chain fall apart.
struct CoreTable {
  TableId table;
  uint64_t neighbours = 0;    // jobs that read or write it
  uint64_t largest_left = 0;  // tables of the largest piece when it and those before it in the list are gone
};

struct Shape {
  std::vector<Chain> chains;                 // largest first, then by its first table
  std::vector<std::vector<TableId>> cycles;  // strongly connected tables, two or more each; sorted
  std::vector<CoreTable> core;  // of the largest chain, the first to remove first; at most kCoreTablesMax
};

inline constexpr size_t kCoreTablesMax = 10;
inline constexpr size_t kCoreCandidatesMax = 24;  // the tables with most neighbours are tried

// Paths count as tables, what lies outside of the warehouse does not: two imports from one database are not
// related by it. O(n log n) and a walk over the largest chain for each candidate. Iterative.
Shape ShapeOf(const Graph& graph);

// Strongly connected groups of two or more among `count` nodes; each sorted, sorted by their first node.
std::vector<std::vector<uint32_t>> CyclesOf(uint32_t count,
                                            const std::vector<std::pair<uint32_t, uint32_t>>& arcs);

// What lies up to `up` steps before a table and `down` steps behind it, as positions in Graph::edges, sorted.
// A negative number of steps: all.
std::vector<uint32_t> Around(const Graph& graph, const std::vector<TableId>& tables, int up, int down);

}  // namespace godwit::lineage
