#include "planner/arrange/arrange.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "planner/arrange/candidate.h"
#include "planner/arrange/refine.h"
#include "planner/arrange/upstream_first.h"

namespace godwit::planner::arrange {
namespace {
double Env(const char* name, double otherwise) {
  const char* v = getenv(name);
  return v ? atof(v) : otherwise;
}

// Candidates meet in pairs, winners meet winners: number n is bred with n - 1, that with n - 2 … like carries
// in a binary counter, so that few are alive at a time.
template <typename Make>
Candidate Tournament(const Graph& graph, const Limits& limits, int starts, Random& random, const Make& make) {
  std::vector<std::pair<int, Candidate>> waiting;  // how often bred
  for (int start = 0; start < starts; ++start) {
    waiting.emplace_back(0, make());
    while (waiting.size() > 1 &&
           (start + 1 == starts || waiting.back().first == waiting[waiting.size() - 2].first)) {
      Candidate last = std::move(waiting.back().second);
      waiting.pop_back();
      auto& [bred, other] = waiting.back();
      other = Recombine(graph, limits, other, last, random);
      ++bred;
    }
  }
  return std::move(waiting.back().second);
}

}  // namespace

Units Arrange(const Problem& problem, const Limits& limits, double reader_first, Effort effort,
              uint64_t seed) {
  Random random(seed);
  const bool hard = std::ranges::any_of(problem.reads, &Read::hard);
  const Graph graph = PricedGraph(problem, {reader_first, 0, hard});
  const int starts = Env("STARTS", effort == Effort::kHigh ? 8 : 2);
  Candidate best;
  if (hard)
    best = Tournament(graph, limits, starts, random,
                      [&] { return UpstreamFirstCandidate(problem, graph, limits, reader_first, random); });
  else if (graph.size() <= Env("MID", 16000))
    best = Tournament(graph, limits, starts, random, [&] { return FreshCandidate(graph, limits, random); });
  else {
    Hierarchy hierarchy =
        Coarsen(graph, {limits.load_max * Env("MMAX", 0.01), Env("AV", 0.5)}, {}, Env("MID", 16000), random);
    const Graph& middle = hierarchy.graphs.empty() ? graph : hierarchy.graphs.back();
    best = Tournament(middle, limits, starts, random, [&] { return FreshCandidate(middle, limits, random); });
    for (size_t level = hierarchy.graphs.size(); level-- > 0;) {
      const Graph& finer = level == 0 ? graph : hierarchy.graphs[level - 1];
      best.units.of = ToMembers(best.units.of, hierarchy.clusterings[level]);
      RefineUnits(finer, limits, 4, best.units);
    }
    best.order.resize(graph.size());
    for (Node v = 0; v < graph.size(); ++v) best.order[v] = v;
    Reprice(graph, limits, best);
    ImproveUnits(graph, limits, Env("FR", 3), random, best);
  }
  return best.units;
}

}  // namespace godwit::planner::arrange
