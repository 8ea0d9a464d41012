#include "planner/arrange/candidate.h"

#include <algorithm>
#include <numeric>

#include "planner/arrange/block_cycle.h"
#include "planner/arrange/make_room.h"
#include "planner/arrange/refine.h"
#include "planner/arrange/start_order.h"
#include "planner/arrange/union_find.h"

namespace godwit::planner::arrange {
namespace {

constexpr int kBreaksPerUnit = 64;
constexpr double kGainMin = 0.001;
constexpr double kStartClusterShare = 0.25;  // of a unit's load
constexpr double kClusterShares[] = {0.05, 0.1, 0.2, 0.4};
constexpr double kSizeAversions[] = {0, 0.5, 1};
constexpr int kFreshCycles = 2;
constexpr int kRounds = 4;
constexpr int kRecombineCycles = 2;

double DrawnAversion(Random& random) { return kSizeAversions[random.Below(std::size(kSizeAversions))]; }

CoarsenRules DrawnRules(const Limits& limits, Random& random) {
  return {limits.load_max * kClusterShares[random.Below(std::size(kClusterShares))], DrawnAversion(random)};
}

// The nodes unit by unit, inside a unit as they were.
void SortByUnit(Candidate& candidate) {
  std::vector<uint32_t> identity(candidate.units.count);
  std::iota(identity.begin(), identity.end(), 0U);
  candidate.order = SortedByRank(candidate.order, candidate.units.of, identity);
}

Clustering Agreement(const Graph& graph, const Units& a, const Units& b) {
  UnionFind sets(graph.size());
  for (Node v = 0; v < graph.size(); ++v) {
    for (const Arc& arc : graph.Arcs(v)) {
      if (a.of[v] == a.of[arc.to] && b.of[v] == b.of[arc.to]) sets.Join(v, arc.to);
    }
  }
  return Numbered(sets.Representatives());
}

}  // namespace

void Reprice(const Graph& graph, const Limits& limits, Candidate& candidate) {
  candidate.cost = UnitsCost(graph, candidate.units, limits.overhead);
}

void CutAgain(const Graph& graph, const Limits& limits, Candidate& candidate) {
  candidate.units = CutOrder(graph, candidate.order, limits, kBreaksPerUnit);
  Reprice(graph, limits, candidate);
}

Candidate FreshCandidate(const Graph& graph, const Limits& limits, Random& random) {
  Candidate candidate;
  candidate.order = StartOrder(graph, {limits.load_max * kStartClusterShare, DrawnAversion(random)}, random);
  ImproveByBlocks(graph, kFreshCycles, Means::kSift, random, candidate.order);
  CutAgain(graph, limits, candidate);
  ImproveUnits(graph, limits, 1, random, candidate);
  ImproveOrder(graph, limits, 1, Means::kSift, random, candidate);
  ImproveUnits(graph, limits, kRounds, random, candidate);
  return candidate;
}

void ImproveUnits(const Graph& graph, const Limits& limits, int rounds_max, Random& random,
                  Candidate& candidate) {
  for (int round = 0; round < rounds_max; ++round) {
    const double before = candidate.cost;
    RefineClusters(graph, limits, DrawnRules(limits, random), random, candidate.units);
    ReorderUnits(graph, limits, candidate.units);
    Reprice(graph, limits, candidate);
    if (candidate.cost > before * (1 - kGainMin)) break;
  }
  SortByUnit(candidate);
}

void ImproveOrder(const Graph& graph, const Limits& limits, int cycles, Means means, Random& random,
                  Candidate& candidate) {
  Candidate other;
  other.order = candidate.order;
  ImproveByBlocks(graph, cycles, means, random, other.order);
  CutAgain(graph, limits, other);
  if (other.cost < candidate.cost) candidate = std::move(other);
}

void ImproveByRoom(const Graph& graph, const Limits& limits, size_t tries, Random& random,
                   Candidate& candidate) {
  for (int round = 0; round < kRounds && MakeRoom(graph, limits, tries, candidate.units); ++round) {
    Reprice(graph, limits, candidate);
    ImproveUnits(graph, limits, kRounds, random, candidate);
  }
}

Candidate Recombine(const Graph& graph, const Limits& limits, const Candidate& a, const Candidate& b,
                    Means means, Random& random) {
  const Candidate& better = a.cost <= b.cost ? a : b;
  const Candidate& other = a.cost <= b.cost ? b : a;
  const Clustering clusters = Agreement(graph, a.units, b.units);
  const Graph small = Quotient(graph, clusters);
  Candidate child;
  child.units = {ToClusters(better.units.of, clusters), better.units.count};
  // Inside the better one's units by the other one's: so no forbidden arc points back.
  const std::vector<uint32_t> other_units = ToClusters(other.units.of, clusters);
  child.order.resize(clusters.count);
  std::iota(child.order.begin(), child.order.end(), 0U);
  std::vector<uint32_t> identity(other.units.count);
  std::iota(identity.begin(), identity.end(), 0U);
  child.order = SortedByRank(child.order, other_units, identity);
  SortByUnit(child);
  child.cost = better.cost;
  ImproveOrder(small, limits, kRecombineCycles, means, random, child);
  ImproveUnits(small, limits, kRounds, random, child);

  child.units.of = ToMembers(child.units.of, clusters);
  child.order = better.order;
  SortByUnit(child);
  ImproveUnits(graph, limits, kRounds, random, child);
  return child;
}

}  // namespace godwit::planner::arrange
