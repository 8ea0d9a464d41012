// cli/lineage_view.h — a lineage graph as text, JSON, Graphviz and OpenLineage.
#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "lineage/graph.h"
#include "lineage/shape.h"

namespace godwit::cli {

std::string StatsText(const lineage::Scan& scan, const lineage::Graph& graph, const lineage::Shape& shape);
Json StatsJson(const lineage::Scan& scan, const lineage::Graph& graph, const lineage::Shape& shape);

// `edges` are positions in graph.edges.
std::vector<uint32_t> EdgesOfJob(const lineage::Graph& graph, const lineage::Job& job);
std::string EdgesText(const lineage::Scan& scan, const lineage::Graph& graph,
                      const std::vector<uint32_t>& edges, const std::string& about, bool columns);
Json EdgesJson(const lineage::Scan& scan, const lineage::Graph& graph, const std::vector<uint32_t>& edges,
               bool columns);
std::string EdgesDot(const lineage::Graph& graph, const std::vector<uint32_t>& edges);
// One run event a job and line.
std::string OpenLineageText(const lineage::Scan& scan, const lineage::Graph& graph,
                            const std::vector<uint32_t>& edges, bool columns);

}  // namespace godwit::cli
