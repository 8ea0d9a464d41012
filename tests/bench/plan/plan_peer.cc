// The peers that plans are measured against: a partitioner is given the very graph that the planner orders,
// then the planner's own means put the parts into order, cut them under the cap and refine them.
//
//     plan_peer k-way|recursive GRAPH.lg PLAIN.json REFINED.json
//     plan_peer graph GRAPH.lg FILE
//     plan_peer PARTS GRAPH.lg PLAIN.json REFINED.json
//
// METIS by k-way or recursive bisection; the graph in METIS's text form for other partitioners; or their
// parts, a number a line, by node.
// Writes the parts in our order (over the cap as the peer leaves them) and the refined units, in the form
// that check_plan.py reads; prints the seconds that METIS took and that all took after reading.
#include <fmt/format.h>
#include <metis.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>

#include "planner/arrange/candidate.h"
#include "planner/arrange/refine.h"
#include "planner/graph_file.h"
#include "planner/make_plan.h"
#include "planner/unit_order.h"

namespace godwit::planner {
namespace {

constexpr double kCap = 0.01;
constexpr double kWeightMax = 1e6;  // METIS sums weights in 32 bits
constexpr int kRounds = 8;

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The graph as METIS takes it: weights in whole numbers, and as many parts as the cap asks for.
struct MetisGraph {
  std::vector<idx_t> first, to, price, weight;
  idx_t parts = 0;
};

MetisGraph ForMetis(const arrange::Graph& graph, const arrange::Limits& limits) {
  MetisGraph whole{{graph.first.begin(), graph.first.end()}, {}, {}, {}, 0};
  const double load = std::accumulate(graph.load.begin(), graph.load.end(), 0.0);
  whole.parts = static_cast<idx_t>(std::ceil(load / limits.load_max));
  double dearest = 1;
  for (const arrange::Arc& arc : graph.arcs) dearest = std::max<double>(dearest, arc.after);
  for (const arrange::Arc& arc : graph.arcs) {
    whole.to.push_back(static_cast<idx_t>(arc.to));
    whole.price.push_back(1 + static_cast<idx_t>(arc.after / dearest * kWeightMax));
  }
  for (double own : graph.load)
    whole.weight.push_back(static_cast<idx_t>(own / limits.load_max * kWeightMax / 100));
  return whole;
}

// METIS's partition with its defaults.
arrange::Units MetisUnits(MetisGraph graph, bool recursive) {
  idx_t nodes = static_cast<idx_t>(graph.weight.size()), constraints = 1, cut = 0;
  std::vector<idx_t> part(graph.weight.size());
  const auto partition = recursive ? METIS_PartGraphRecursive : METIS_PartGraphKway;
  partition(&nodes, &constraints, graph.first.data(), graph.to.data(), graph.weight.data(), nullptr,
            graph.price.data(), &graph.parts, nullptr, nullptr, nullptr, &cut, part.data());
  return {{part.begin(), part.end()}, static_cast<uint32_t>(graph.parts)};
}

// First line: nodes, edges, 011 (weights of nodes and edges), parts wanted.
void WriteGraph(const char* path, const MetisGraph& graph) {
  std::ofstream out(path);
  out << graph.weight.size() << ' ' << graph.to.size() / 2 << " 011 " << graph.parts << '\n';
  for (size_t v = 0; v < graph.weight.size(); ++v) {
    out << graph.weight[v];
    for (idx_t i = graph.first[v]; i < graph.first[v + 1]; ++i)
      out << ' ' << graph.to[i] + 1 << ' ' << graph.price[i];
    out << '\n';
  }
}

arrange::Units ReadUnits(const char* path) {
  std::ifstream in(path);
  arrange::Units units{{std::istream_iterator<uint32_t>(in), {}}, 0};
  for (uint32_t part : units.of) units.count = std::max(units.count, part + 1);
  return units;
}

void WriteUnits(const char* path, const Atoms& atoms, const arrange::Units& units) {
  std::vector<std::vector<size_t>> tables(units.count), jobs(units.count);
  for (size_t t = 0; t < atoms.of_table.size(); ++t) tables[units.of[atoms.of_table[t]]].push_back(t);
  for (size_t j = 0; j < atoms.of_job.size(); ++j) jobs[units.of[atoms.of_job[j]]].push_back(j);
  std::ofstream out(path);
  const auto list = [&](const std::vector<size_t>& ids) {
    const char* separator = "[";
    for (size_t id : ids) out << std::exchange(separator, ",") << id;
    out << (ids.empty() ? "[]" : "]");
  };
  const char* separator = "{\"units\":[";
  for (uint32_t i = 0; i < units.count; ++i) {
    out << std::exchange(separator, ",") << "{\"tables\":";
    list(tables[i]);
    out << ",\"jobs\":";
    list(jobs[i]);
    out << "}";
  }
  out << "]}";
}

// Our order for the parts, our cut under the cap, our refinement.
arrange::Candidate Refined(const arrange::Graph& graph, const arrange::Limits& limits,
                           const arrange::Units& parts) {
  arrange::Candidate candidate;
  std::vector<uint32_t> in_order(parts.count);
  std::iota(in_order.begin(), in_order.end(), 0U);
  arrange::Order nodes(graph.size());
  std::iota(nodes.begin(), nodes.end(), 0U);
  candidate.order = arrange::SortedByRank(nodes, parts.of, in_order);
  arrange::CutAgain(graph, limits, candidate);
  arrange::Random random(7);
  arrange::ImproveUnits(graph, limits, kRounds, random, candidate);
  return candidate;
}

int Run(const std::string& method, const char* graph_path, const char* plain_path, const char* refined_path) {
  std::ifstream in(graph_path);
  const Result<Workload> workload = ReadGraphFile(std::string(std::istreambuf_iterator<char>(in), {}));
  if (!workload.ok()) return 1;
  const double start = Now();
  Plan plan;
  plan.request.unit_max = {kCap, 0};
  plan.unit_bytes_max = plan.request.unit_max.Of(MovingBytes(*workload));
  const Atoms atoms = MakeAtoms(*workload, AtomRulesOf(plan));
  const arrange::Graph graph = arrange::PricedGraph(
      {atoms.bytes, atoms.load, AtomReads(*workload, atoms, plan.request, {})}, {1, 0, false});
  const double cap = static_cast<double>(plan.unit_bytes_max);
  const arrange::Limits limits{cap, plan.request.unit_overhead * cap};
  MetisGraph for_metis = ForMetis(graph, limits);
  if (method == "graph") {
    WriteGraph(plain_path, for_metis);
    return 0;
  }
  const bool metis = method == "k-way" || method == "recursive";
  const double before = Now();
  arrange::Units parts =
      metis ? MetisUnits(std::move(for_metis), method == "recursive") : ReadUnits(method.c_str());
  const double partitioned = Now();
  if (parts.of.size() != graph.size()) return 1;
  arrange::ReorderUnits(graph, limits, parts);
  WriteUnits(plain_path, atoms, parts);
  const arrange::Candidate refined = Refined(graph, limits, parts);
  const double end = Now();
  WriteUnits(refined_path, atoms, refined.units);
  std::printf("{\"metis_s\": %.3f, \"all_s\": %.3f}\n", partitioned - before, end - start);
  return 0;
}

}  // namespace
}  // namespace godwit::planner

int main(int argc, char** argv) {
  const bool graph_only = argc == 4 && std::string(argv[1]) == "graph";
  if (argc != 5 && !graph_only) {
    std::fputs(
        "usage: plan_peer k-way|recursive|PARTS GRAPH.lg PLAIN.json REFINED.json\n"
        "       plan_peer graph GRAPH.lg FILE\n",
        stderr);
    return 2;
  }
  return godwit::planner::Run(argv[1], argv[2], argv[3], graph_only ? "" : argv[4]);
}
