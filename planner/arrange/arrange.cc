#include "planner/arrange/arrange.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planner/arrange/candidate.h"
#include "planner/arrange/exact.h"
#include "planner/arrange/refine.h"
#include "planner/arrange/upstream_first.h"

namespace godwit::planner::arrange {
namespace {

constexpr double kExactStepsMax = 1e8;  // some 0.3 s in all
constexpr double kCoarseFirstSize = 250'000;
constexpr Node kMiddleNodes = 60'000;
constexpr double kMiddleClusterShare = 0.003;  // of a unit's load
constexpr int kSweepsOnTheWay = 4;
constexpr int kCoarseFirstCycles = 2;

double SizeOf(const Graph& graph) { return graph.size() + static_cast<double>(graph.arcs.size()) / 2; }

// How many candidates are made: more where the graph is small and time is not felt.
int StartsFor(const Graph& graph, bool hard, Effort effort) {
  const double size = SizeOf(graph);
  const auto starts = [&](double size_sum, int least, int most) {
    return std::clamp(static_cast<int>(size_sum / size + 0.5), least, most);
  };
  if (effort == Effort::kDefault)
    return hard ? starts(20'000, 1, 32) : starts(32'000, size > kCoarseFirstSize ? 1 : 2, 64);
  return hard ? starts(30'000, 1, 24) : starts(100'000, 4, 36);
}

// How many nodes are made room for, once the candidates are bred.
size_t TriesFor(const Graph& graph, Effort effort) {
  return static_cast<size_t>((effort == Effort::kDefault ? 2e5 : 1e6) / SizeOf(graph));
}

// Candidates are made one by one and bred in pairs, winners with winners, like carries in a binary counter:
// few are alive at a time, and none gets into all the others before the end.
template <typename Make>
Candidate Tournament(const Graph& graph, const Limits& limits, int starts, Means means, Random& random,
                     const Make& make) {
  struct Waiting {
    int bred;
    Candidate candidate;
  };
  std::vector<Waiting> waiting;
  for (int start = 1; start <= starts; ++start) {
    waiting.push_back({0, make()});
    while (waiting.size() > 1 &&
           (start == starts || waiting.back().bred == waiting[waiting.size() - 2].bred)) {
      const Candidate last = std::move(waiting.back().candidate);
      waiting.pop_back();
      Waiting& other = waiting.back();
      other.candidate = Recombine(graph, limits, other.candidate, last, means, random);
      ++other.bred;
    }
  }
  return std::move(waiting.back().candidate);
}

// Solves a smaller graph first, then refines on the way back.
Candidate CoarseFirst(const Graph& graph, const Limits& limits, Random& random) {
  const Hierarchy hierarchy =
      Coarsen(graph, {limits.load_max * kMiddleClusterShare, 0}, {}, kMiddleNodes, random);
  Candidate candidate =
      FreshCandidate(hierarchy.graphs.empty() ? graph : hierarchy.graphs.back(), limits, random);
  for (size_t level = hierarchy.graphs.size(); level-- > 0;) {
    candidate.units.of = ToMembers(candidate.units.of, hierarchy.clusterings[level]);
    RefineUnits(level == 0 ? graph : hierarchy.graphs[level - 1], limits, kSweepsOnTheWay, candidate.units);
  }
  candidate.order.resize(graph.size());
  std::iota(candidate.order.begin(), candidate.order.end(), 0U);
  Reprice(graph, limits, candidate);
  ImproveUnits(graph, limits, kCoarseFirstCycles, random, candidate);
  return candidate;
}

// A candidate for the problem without hard reads.
Candidate FreeCandidate(const Graph& free, const Limits& limits, Effort effort, Random& random) {
  const bool coarse_first = effort == Effort::kDefault && SizeOf(free) > kCoarseFirstSize;
  return coarse_first ? CoarseFirst(free, limits, random) : FreshCandidate(free, limits, random);
}

Candidate FreeSearch(const Graph& free, const Limits& limits, Effort effort, Random& random) {
  return Tournament(free, limits, StartsFor(free, false, effort), Means::kSift, random,
                    [&] { return FreeCandidate(free, limits, effort, random); });
}

// Forbidden arcs leave single blocks little room, so that minimum cuts earn their time.
Candidate HardSearch(const Problem& problem, const Graph& free, const Graph& hard, const Limits& limits,
                     double reader_first, Effort effort, Random& random) {
  return Tournament(hard, limits, StartsFor(free, true, effort), Means::kWindows, random, [&] {
    Candidate start = FreeCandidate(free, limits, effort, random);
    return UpstreamFirstCandidate(problem, hard, limits, reader_first, std::move(start), random);
  });
}

// Components small enough to be solved exactly, and all other nodes.
struct BySize {
  std::vector<std::vector<Node>> small;
  std::vector<Node> large;
};

BySize SplitBySize(const Problem& problem) {
  const Clustering components = WeakComponents(problem);
  std::vector<std::vector<Node>> members(components.count);
  for (Node v = 0; v < components.of.size(); ++v) members[components.of[v]].push_back(v);
  BySize split;
  double steps_left = kExactStepsMax;
  for (std::vector<Node>& component : members) {
    const double steps = std::pow(3, component.size());
    if (component.size() > kExactNodesMax || steps > steps_left) {
      split.large.insert(split.large.end(), component.begin(), component.end());
    } else {
      steps_left -= steps;
      split.small.push_back(std::move(component));
    }
  }
  std::sort(split.large.begin(), split.large.end());
  return split;
}

// Puts the units of a part of the nodes behind those there are.
void Append(const Units& part, const std::vector<Node>& nodes, Units& units) {
  for (size_t i = 0; i < nodes.size(); ++i) units.of[nodes[i]] = units.count + part.of[i];
  units.count += part.count;
}

}  // namespace

Units Search(const Problem& problem, const Limits& limits, double reader_first, Effort effort,
             uint64_t seed) {
  if (problem.length.empty()) return {};
  Random random(seed);
  const bool any_hard = std::ranges::any_of(problem.reads, &Read::hard);
  const Graph free = PricedGraph(problem, {reader_first, 0, false});
  const Graph hard = any_hard ? PricedGraph(problem, {reader_first, 0, true}) : Graph{};
  const Graph& graph = any_hard ? hard : free;
  const auto search = [&](Effort level) {
    return any_hard ? HardSearch(problem, free, hard, limits, reader_first, level, random)
                    : FreeSearch(free, limits, level, random);
  };
  Candidate best = search(Effort::kDefault);
  ImproveByRoom(graph, limits, TriesFor(graph, Effort::kDefault), random, best);
  if (effort == Effort::kHigh) {  // on top, so that it is never worse
    const Candidate more = search(effort);
    best = Recombine(graph, limits, best, more, any_hard ? Means::kWindows : Means::kSift, random);
    ImproveByRoom(graph, limits, TriesFor(graph, effort), random, best);
  }
  return std::move(best.units);
}

Units Arrange(const Problem& problem, const Limits& limits, double reader_first, Effort effort,
              uint64_t seed) {
  const BySize split = SplitBySize(problem);
  Units units{std::vector<uint32_t>(problem.length.size()), 0};
  if (!split.small.empty()) {
    const Graph graph = PricedGraph(problem, {reader_first, 0, true});
    std::vector<Node> scratch;
    for (const std::vector<Node>& nodes : split.small) {
      Append(ExactUnits(Subgraph(graph, nodes, scratch), limits), nodes, units);
    }
  }
  Append(Search(Restrict(problem, split.large), limits, reader_first, effort, seed), split.large, units);
  return units;
}

}  // namespace godwit::planner::arrange
