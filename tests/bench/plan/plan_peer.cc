// The peer that plans are measured against: METIS partitions the very graph that the planner orders, then the
// planner's own means put the parts into order, cut them under the cap and refine them.
//
//     metis_peer k-way|recursive GRAPH.lg PLAIN.json REFINED.json
//
// Writes METIS's parts in our order (over the cap as METIS leaves them) and the refined units, in the form
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

// METIS's partition with its defaults, into as many parts as the cap asks for.
arrange::Units MetisUnits(const arrange::Graph& graph, const arrange::Limits& limits, bool recursive) {
  const double load = std::accumulate(graph.load.begin(), graph.load.end(), 0.0);
  idx_t nodes = static_cast<idx_t>(graph.size()), constraints = 1, cut = 0;
  idx_t parts = static_cast<idx_t>(std::ceil(load / limits.load_max));
  std::vector<idx_t> first(graph.first.begin(), graph.first.end()), to, price, weight, part(graph.size());
  double dearest = 1;
  for (const arrange::Arc& arc : graph.arcs) dearest = std::max<double>(dearest, arc.after);
  for (const arrange::Arc& arc : graph.arcs) {
    to.push_back(static_cast<idx_t>(arc.to));
    price.push_back(1 + static_cast<idx_t>(arc.after / dearest * kWeightMax));
  }
  for (double own : graph.load)
    weight.push_back(static_cast<idx_t>(own / limits.load_max * kWeightMax / 100));
  const auto partition = recursive ? METIS_PartGraphRecursive : METIS_PartGraphKway;
  partition(&nodes, &constraints, first.data(), to.data(), weight.data(), nullptr, price.data(), &parts,
            nullptr, nullptr, nullptr, &cut, part.data());
  return {{part.begin(), part.end()}, static_cast<uint32_t>(parts)};
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

int Run(bool recursive, const char* graph_path, const char* plain_path, const char* refined_path) {
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
  const double before = Now();
  arrange::Units parts = MetisUnits(graph, limits, recursive);
  const double partitioned = Now();
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
  if (argc != 5) {
    std::fputs("usage: metis_peer k-way|recursive GRAPH.lg PLAIN.json REFINED.json\n", stderr);
    return 2;
  }
  return godwit::planner::Run(std::string(argv[1]) == "recursive", argv[2], argv[3], argv[4]);
}
