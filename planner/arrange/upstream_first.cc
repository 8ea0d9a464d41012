#include "planner/arrange/upstream_first.h"

#include <algorithm>
#include <functional>
#include <queue>

#include "base/assert.h"
#include "planner/arrange/block_cycle.h"

namespace godwit::planner::arrange {
namespace {

// What a reader-first hard read costs extra at each stage, in mean reads.
constexpr double kStages[] = {0.02, 0.2, 2, 20, 200};
constexpr double kStageFactor = 10;  // the price itself rises by 1 + this × stage
constexpr int kStageCycles = 1;
constexpr int kStageRounds = 3;
constexpr int kLastRounds = 10;
constexpr int kLastCycles = 3;

double MeanRead(const Problem& problem) {
  double sum = 0;
  for (const Read& read : problem.reads) sum += read.bytes_per_day;
  return problem.reads.empty() ? 0 : sum / static_cast<double>(problem.reads.size());
}

// Turns the order round if more of its reads would then run the right way.
void Orient(const Problem& problem, Order& order) {
  const std::vector<uint32_t> place = Positions(order);
  double back = 0;
  for (const Read& read : problem.reads) {
    const double distance = static_cast<double>(place[read.downstream]) - place[read.upstream];
    back -= read.bytes_per_day * distance;
  }
  if (back > 0) std::reverse(order.begin(), order.end());
}

}  // namespace

Order TopologicalOrder(const Graph& hard, const Order& guide) {
  const std::vector<uint32_t> rank = Positions(guide);
  std::vector<uint32_t> waits_for(hard.size(), 0);
  for (Node v = 0; v < hard.size(); ++v) {
    for (const Arc& arc : hard.Arcs(v)) waits_for[v] += IsForbidden(arc.after);
  }
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> ready;  // ranks
  for (Node v = 0; v < hard.size(); ++v) {
    if (waits_for[v] == 0) ready.push(rank[v]);
  }
  Order order;
  order.reserve(guide.size());
  while (!ready.empty()) {
    const Node v = guide[ready.top()];
    ready.pop();
    order.push_back(v);
    for (const Arc& arc : hard.Arcs(v)) {
      if (IsForbidden(arc.before) && --waits_for[arc.to] == 0) ready.push(rank[arc.to]);
    }
  }
  GODWIT_ASSERT(order.size() == guide.size());  // no cycle of hard reads
  return order;
}

Candidate UpstreamFirstCandidate(const Problem& problem, const Graph& hard, const Limits& limits,
                                 double reader_first, Candidate start, Random& random) {
  Candidate candidate = std::move(start);
  Orient(problem, candidate.order);
  const double mean = MeanRead(problem);
  for (double stage : kStages) {
    const Graph priced =
        PricedGraph(problem, {reader_first * (1 + kStageFactor * stage), stage * mean, false});
    Reprice(priced, limits, candidate);
    ImproveOrder(priced, limits, kStageCycles, Means::kSift, random, candidate);
    ImproveUnits(priced, limits, kStageRounds, random, candidate);
  }
  candidate.order = TopologicalOrder(hard, candidate.order);
  CutAgain(hard, limits, candidate);
  ImproveUnits(hard, limits, kLastRounds, random, candidate);
  ImproveOrder(hard, limits, kLastCycles, Means::kWindows, random, candidate);
  ImproveUnits(hard, limits, kLastRounds, random, candidate);
  return candidate;
}

}  // namespace godwit::planner::arrange
