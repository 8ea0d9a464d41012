#include "planner/arrange/cut.h"

#include <algorithm>
#include <limits>

namespace godwit::planner::arrange {
namespace {

constexpr double kSlack = 1 + 1e-9;  // sums of the same numbers in another order
constexpr int kBreaksPerBlock = 8;

// Running sums along an order; entry i is before the i-th node.
struct Profile {
  std::vector<double> length;
  std::vector<double> size;      // what the cap limits
  std::vector<double> crossing;  // price a day of what crosses
};

Profile MakeProfile(const Graph& graph, const Order& order, const std::vector<double>& size) {
  const std::vector<uint32_t> place = Positions(order);
  Profile profile;
  for (auto* sum : {&profile.length, &profile.size, &profile.crossing}) sum->assign(order.size() + 1, 0);
  double crossing = 0;
  for (uint32_t i = 0; i < order.size(); ++i) {
    const Node v = order[i];
    for (const Arc& arc : graph.Arcs(v)) crossing += place[arc.to] > i ? arc.after : -arc.before;
    profile.length[i + 1] = profile.length[i] + graph.length[v];
    profile.size[i + 1] = profile.size[i] + size[v];
    profile.crossing[i + 1] = std::max(0.0, crossing);
  }
  return profile;
}

// Places to break: in every stretch of 1/breaks_per_unit of a unit the one that least crosses and the last
// one (so that full units can be had), and around every node that is larger than a stretch.
std::vector<uint32_t> Breaks(const Profile& profile, double size_max, int breaks_per_unit) {
  const uint32_t nodes = static_cast<uint32_t>(profile.size.size() - 1);
  const double stretch = size_max / breaks_per_unit;
  std::vector<uint32_t> breaks{0};
  for (uint32_t i = 1; i < nodes;) {
    const double end = profile.size[i] + stretch;
    uint32_t best = i;
    uint32_t next = i;
    for (; next < nodes && profile.size[next] <= end; ++next) {
      if (profile.crossing[next] < profile.crossing[best]) best = next;
    }
    breaks.push_back(best);
    if (next < nodes) breaks.push_back(next - 1);
    i = next;
  }
  for (uint32_t i = 0; i < nodes; ++i) {
    if (profile.size[i + 1] - profile.size[i] > stretch) breaks.insert(breaks.end(), {i, i + 1});
  }
  breaks.push_back(nodes);
  std::sort(breaks.begin(), breaks.end());
  breaks.erase(std::unique(breaks.begin(), breaks.end()), breaks.end());
  return breaks;
}

// The break before each break on the cheapest way to it.
std::vector<uint32_t> CheapestWay(const Profile& profile, const std::vector<uint32_t>& breaks,
                                  double size_max, double overhead, double price_of_a_cut) {
  std::vector<double> cost(breaks.size(), std::numeric_limits<double>::infinity());
  std::vector<uint32_t> from(breaks.size(), 0);
  cost[0] = 0;
  uint32_t least = 0;
  for (uint32_t j = 1; j < breaks.size(); ++j) {
    while (least + 1 < j && profile.size[breaks[j]] - profile.size[breaks[least]] > size_max * kSlack)
      ++least;
    for (uint32_t i = least; i < j; ++i) {
      const double length = profile.length[breaks[j]] - profile.length[breaks[i]];
      const double way = cost[i] + profile.crossing[breaks[i]] * (length + overhead) + price_of_a_cut;
      if (way < cost[j]) {
        cost[j] = way;
        from[j] = i;
      }
    }
  }
  return from;
}

struct CutRules {
  double size_max;
  double overhead;
  int breaks_per_unit;
  double price_of_a_cut;
};

Units Cut(const Graph& graph, const Order& order, const std::vector<double>& size, const CutRules& rules) {
  const Profile profile = MakeProfile(graph, order, size);
  const std::vector<uint32_t> breaks = Breaks(profile, rules.size_max, rules.breaks_per_unit);
  const std::vector<uint32_t> from =
      CheapestWay(profile, breaks, rules.size_max, rules.overhead, rules.price_of_a_cut);
  std::vector<uint32_t> ends;
  for (uint32_t j = static_cast<uint32_t>(breaks.size()) - 1; j > 0; j = from[j]) ends.push_back(breaks[j]);
  std::reverse(ends.begin(), ends.end());
  Units units;
  units.of.resize(order.size());
  uint32_t begin = 0;
  for (uint32_t end : ends) {
    for (uint32_t i = begin; i < end; ++i) units.of[order[i]] = units.count;
    ++units.count;
    begin = end;
  }
  return units;
}

}  // namespace

Units CutOrder(const Graph& graph, const Order& order, const Limits& limits, int breaks_per_unit,
               double price_of_a_cut) {
  return Cut(graph, order, graph.load, {limits.load_max, limits.overhead, breaks_per_unit, price_of_a_cut});
}

Units CutIntoBlocks(const Graph& graph, const Order& order, double length_max) {
  return Cut(graph, order, graph.length, {length_max, 0, kBreaksPerBlock, 0});
}

double UnitsCost(const Graph& graph, const Units& units, double overhead) {
  std::vector<double> end(units.count, overhead);
  for (Node v = 0; v < graph.size(); ++v) end[units.of[v]] += graph.length[v];
  for (uint32_t i = 1; i < units.count; ++i) end[i] += end[i - 1];
  double cost = 0;
  for (Node v = 0; v < graph.size(); ++v) {
    for (const Arc& arc : graph.Arcs(v)) {
      const uint32_t from = units.of[v], to = units.of[arc.to];
      if (to > from) cost += arc.after * (end[to] - end[from]);
    }
  }
  return cost;
}

}  // namespace godwit::planner::arrange
