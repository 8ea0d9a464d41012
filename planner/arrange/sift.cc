#include "planner/arrange/sift.h"

#include <algorithm>

namespace godwit::planner::arrange {
namespace {

// Ignores gains that are only rounding.
constexpr double kGainMin = 1e-9;

class Sifting {
 public:
  Sifting(const Graph& graph, Order& order)
      : graph_(graph),
        order_(order),
        place_(Positions(order)),
        pull_left_(graph.size(), 0),
        pull_right_(graph.size(), 0),
        after_(graph.size(), 0),
        before_(graph.size(), 0) {
    for (Node v = 0; v < graph.size(); ++v) {
      for (const Arc& arc : graph.Arcs(v)) {
        if (place_[arc.to] < place_[v]) {
          pull_left_[v] += arc.before;
        } else {
          pull_right_[v] += arc.after;
        }
      }
    }
  }

  // One sweep; returns the gain.
  double Sweep(uint32_t reach, bool backwards) {
    const Node nodes = graph_.size();
    double gain = 0;
    for (Node i = 0; i < nodes; ++i) {
      const Node v = order_[backwards ? nodes - 1 - i : i];
      if (!graph_.Arcs(v).empty()) gain += Place(v, reach);
    }
    return gain;
  }

 private:
  struct Move {
    uint32_t place;
    double cost;  // below 0: cheaper
  };

  double Place(Node v, uint32_t reach) {
    for (const Arc& arc : graph_.Arcs(v)) {
      after_[arc.to] = arc.after;
      before_[arc.to] = arc.before;
    }
    Move best{place_[v], -kGainMin * (1 + pull_left_[v] + pull_right_[v]) * (1 + graph_.length[v])};
    LookRight(v, reach, best);
    LookLeft(v, reach, best);
    const bool moves = best.place != place_[v];
    if (best.place > place_[v]) GoRight(v, best.place);
    if (best.place < place_[v]) GoLeft(v, best.place);
    for (const Arc& arc : graph_.Arcs(v)) after_[arc.to] = before_[arc.to] = 0;
    return moves ? -best.cost : 0;
  }

  // Passing over w: the two swap places, so v's other arcs change by w's length, w's by v's, and the arc
  // between them, if any, turns round.
  void LookRight(Node v, uint32_t reach, Move& best) const {
    const double length = graph_.length[v];
    const uint64_t last = std::min<uint64_t>(order_.size() - 1, uint64_t{place_[v]} + reach);
    double cost = 0, left = pull_left_[v], right = pull_right_[v];
    for (uint32_t i = place_[v] + 1; i <= last; ++i) {
      const Node w = order_[i];
      const float ahead = after_[w], behind = before_[w];
      if (IsForbidden(behind)) break;
      const double w_length = graph_.length[w];
      cost += length * (pull_right_[w] - (pull_left_[w] - ahead) + behind) +
              w_length * (left - (right - ahead) - ahead);
      right -= ahead;
      left += behind;
      if (cost < best.cost) best = {i, cost};
    }
  }

  void LookLeft(Node v, uint32_t reach, Move& best) const {
    const double length = graph_.length[v];
    const uint32_t last = place_[v] > reach ? place_[v] - reach : 0;
    double cost = 0, left = pull_left_[v], right = pull_right_[v];
    for (uint32_t i = place_[v]; i-- > last;) {
      const Node w = order_[i];
      const float ahead = after_[w], behind = before_[w];
      if (IsForbidden(ahead)) break;
      const double w_length = graph_.length[w];
      cost += w_length * (right - (left - behind) + ahead) +
              length * (pull_left_[w] - (pull_right_[w] - behind) - behind);
      left -= behind;
      right += ahead;
      if (cost < best.cost) best = {i, cost};
    }
  }

  void GoRight(Node v, uint32_t to) {
    for (uint32_t i = place_[v]; i < to; ++i) {
      const Node w = order_[i + 1];
      Put(w, i);
      pull_left_[w] -= after_[w];
      pull_right_[w] += before_[w];
      pull_right_[v] -= after_[w];
      pull_left_[v] += before_[w];
    }
    Put(v, to);
  }

  void GoLeft(Node v, uint32_t to) {
    for (uint32_t i = place_[v]; i > to; --i) {
      const Node w = order_[i - 1];
      Put(w, i);
      pull_right_[w] -= before_[w];
      pull_left_[w] += after_[w];
      pull_left_[v] -= before_[w];
      pull_right_[v] += after_[w];
    }
    Put(v, to);
  }

  void Put(Node v, uint32_t place) {
    order_[place] = v;
    place_[v] = place;
  }

  const Graph& graph_;
  Order& order_;
  std::vector<uint32_t> place_;
  std::vector<double> pull_left_;   // price of a node's neighbours on its left, a day
  std::vector<double> pull_right_;  // … on its right
  std::vector<float> after_;        // the arcs of the node in turn; else 0
  std::vector<float> before_;
};

}  // namespace

double Sift(const Graph& graph, Order& order, uint32_t reach, int passes_max) {
  Sifting sifting(graph, order);
  double total = 0;
  for (int pass = 0; pass < passes_max; ++pass) {
    const double gain = sifting.Sweep(reach, pass % 2 == 1);
    total += gain;
    if (gain <= 0) break;
  }
  return total;
}

}  // namespace godwit::planner::arrange
