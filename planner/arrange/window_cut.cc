#include "planner/arrange/window_cut.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "planner/arrange/min_cut.h"

namespace godwit::planner::arrange {
namespace {

constexpr int kSplitsMax = 64;  // of one window

double PriceOrNever(float price) {
  return IsForbidden(price) ? std::numeric_limits<double>::infinity() : price;
}

class WindowCutter {
 public:
  WindowCutter(const Graph& graph, Order& order) : graph_(graph), order_(order), place_(Positions(order)) {}

  bool moved() const { return moved_; }

  void Cut(uint32_t begin, uint32_t end) {
    std::vector<std::pair<uint32_t, uint32_t>> stretches{{begin, end}};
    for (int split = 0; split < kSplitsMax && !stretches.empty(); ++split) {
      const auto [from, to] = stretches.back();
      stretches.pop_back();
      if (to - from < 2) continue;
      const uint32_t middle = Split(from, to);
      if (middle == from || middle == to) continue;
      stretches.emplace_back(middle, to);
      stretches.emplace_back(from, middle);
    }
  }

 private:
  // Moves a cheapest first part to the front of the stretch; returns where it ends.
  uint32_t Split(uint32_t from, uint32_t to) {
    const std::vector<bool> first = CheapestSplit(MakeProblem(from, to));
    second_part_.clear();
    uint32_t next = from;
    for (uint32_t i = from; i < to; ++i) {
      if (first[i - from]) {
        Put(order_[i], next++);
      } else {
        second_part_.push_back(order_[i]);
      }
    }
    const uint32_t middle = next;
    for (Node v : second_part_) Put(v, next++);
    return middle;
  }

  SplitProblem MakeProblem(uint32_t from, uint32_t to) const {
    SplitProblem problem;
    problem.in_first.assign(to - from, 0);
    problem.in_second.assign(to - from, 0);
    double length = 0, all_first = 0, all_second = 0;
    for (uint32_t i = from; i < to; ++i) {
      const Node v = order_[i];
      length += graph_.length[v];
      for (const Arc& arc : graph_.Arcs(v)) {
        const uint32_t other = place_[arc.to];
        if (other < from) {
          problem.in_second[i - from] += arc.before;
          all_second += arc.before;
        } else if (other >= to) {
          problem.in_first[i - from] += arc.after;
          all_first += arc.after;
        } else if (other > i) {
          problem.pairs.push_back(
              {i - from, other - from, PriceOrNever(arc.after), PriceOrNever(arc.before)});
        }
      }
    }
    const double time = length > 0 ? (all_second - all_first) / length : 0;
    for (uint32_t i = from; i < to; ++i) {
      const double price = time * graph_.length[order_[i]];
      (price > 0 ? problem.in_first : problem.in_second)[i - from] += std::abs(price);
    }
    return problem;
  }

  void Put(Node v, uint32_t place) {
    moved_ |= place_[v] != place;
    order_[place] = v;
    place_[v] = place;
  }

  const Graph& graph_;
  Order& order_;
  std::vector<uint32_t> place_;
  std::vector<Node> second_part_;
  bool moved_ = false;
};

}  // namespace

bool CutWindows(const Graph& graph, uint32_t window, Random& random, Order& order) {
  const uint32_t nodes = graph.size();
  if (nodes < 3) return false;
  WindowCutter cutter(graph, order);
  const uint32_t size = std::clamp(window, 2U, nodes);
  const uint32_t step = std::max(1U, size / 2);
  for (int64_t begin = -int64_t{random.Below(step)}; begin < nodes; begin += step) {
    cutter.Cut(static_cast<uint32_t>(std::max<int64_t>(0, begin)),
               static_cast<uint32_t>(std::min<int64_t>(nodes, begin + size)));
  }
  return cutter.moved();
}

}  // namespace godwit::planner::arrange
