#include "planner/arrange/sift.h"

#include <algorithm>

namespace godwit::planner::arrange {
namespace {

// Ignores gains that are only rounding.
constexpr double kGainMin = 1e-9;

// What a node that passes over another has to know of it. One after another as the nodes stand, so that a
// look along the order reads memory in a row.
struct Seat {
  double pull_left = 0;   // price of the neighbours on its left, a day
  double pull_right = 0;  // … on its right
  double length = 0;
  float after = 0;  // the arc from the node in turn; else 0
  float before = 0;
};

class Sifting {
 public:
  Sifting(const Graph& graph, Order& order)
      : graph_(graph), order_(order), place_(Positions(order)), seats_(graph.size()) {
    for (Node v = 0; v < graph.size(); ++v) {
      Seat& seat = seats_[place_[v]];
      seat.length = graph.length[v];
      for (const Arc& arc : graph.Arcs(v)) {
        if (place_[arc.to] < place_[v]) {
          seat.pull_left += arc.before;
        } else {
          seat.pull_right += arc.after;
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
    const uint32_t from = place_[v];
    for (const Arc& arc : graph_.Arcs(v)) {
      seats_[place_[arc.to]].after = arc.after;
      seats_[place_[arc.to]].before = arc.before;
    }
    const Seat& seat = seats_[from];
    Move best{from, -kGainMin * (1 + seat.pull_left + seat.pull_right) * (1 + seat.length)};
    LookRight(from, reach, best);
    LookLeft(from, reach, best);
    if (best.place > from) TurnRight(from, best.place);
    if (best.place < from) TurnLeft(from, best.place);
    for (const Arc& arc : graph_.Arcs(v)) seats_[place_[arc.to]].after = seats_[place_[arc.to]].before = 0;
    if (best.place == from) return 0;
    Reseat(from, best.place);
    return -best.cost;
  }

  // Passing over w: the two swap places, so v's other arcs change by w's length, w's by v's, and the arc
  // between them, if any, turns round.
  void LookRight(uint32_t from, uint32_t reach, Move& best) const {
    const double length = seats_[from].length;
    const uint64_t last = std::min<uint64_t>(order_.size() - 1, uint64_t{from} + reach);
    double cost = 0, left = seats_[from].pull_left, right = seats_[from].pull_right;
    for (uint32_t i = from + 1; i <= last; ++i) {
      const Seat& w = seats_[i];
      if (IsForbidden(w.before)) break;
      cost += length * (w.pull_right - (w.pull_left - w.after) + w.before) +
              w.length * (left - (right - w.after) - w.after);
      right -= w.after;
      left += w.before;
      if (cost < best.cost) best = {i, cost};
    }
  }

  void LookLeft(uint32_t from, uint32_t reach, Move& best) const {
    const double length = seats_[from].length;
    const uint32_t last = from > reach ? from - reach : 0;
    double cost = 0, left = seats_[from].pull_left, right = seats_[from].pull_right;
    for (uint32_t i = from; i-- > last;) {
      const Seat& w = seats_[i];
      if (IsForbidden(w.after)) break;
      cost += w.length * (right - (left - w.before) + w.after) +
              length * (w.pull_left - (w.pull_right - w.before) - w.before);
      left -= w.before;
      right += w.after;
      if (cost < best.cost) best = {i, cost};
    }
  }

  // The arcs that turn round when the node at `from` passes over all up to `to`.
  void TurnRight(uint32_t from, uint32_t to) {
    Seat& v = seats_[from];
    for (uint32_t i = from + 1; i <= to; ++i) {
      Seat& w = seats_[i];
      w.pull_left -= w.after;
      w.pull_right += w.before;
      v.pull_right -= w.after;
      v.pull_left += w.before;
    }
  }

  void TurnLeft(uint32_t from, uint32_t to) {
    Seat& v = seats_[from];
    for (uint32_t i = from; i-- > to;) {
      Seat& w = seats_[i];
      w.pull_right -= w.before;
      w.pull_left += w.after;
      v.pull_left -= w.before;
      v.pull_right += w.after;
    }
  }

  // The node at `from` takes the place `to`; those between move up.
  void Reseat(uint32_t from, uint32_t to) {
    const auto shift = [&](auto begin) {
      if (from < to) {
        std::rotate(begin + from, begin + from + 1, begin + to + 1);
      } else {
        std::rotate(begin + to, begin + from, begin + from + 1);
      }
    };
    shift(order_.begin());
    shift(seats_.begin());
    for (uint32_t i = std::min(from, to); i <= std::max(from, to); ++i) place_[order_[i]] = i;
  }

  const Graph& graph_;
  Order& order_;
  std::vector<uint32_t> place_;  // of a node
  std::vector<Seat> seats_;      // by place
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
