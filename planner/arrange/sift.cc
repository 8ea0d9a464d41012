#include "planner/arrange/sift.h"

#include <algorithm>

namespace godwit::planner::arrange {
namespace {

// Ignores gains that are only rounding.
constexpr double kGainMin = 1e-9;

// What a node that passes over another has to know of it. One after another as the nodes stand, so that a
// look along the order reads memory in a row.
struct Seat {
  double net = 0;  // price of the neighbours on its right less that of those on its left, a day
  double length = 0;
  float after = 0;  // the arc from the node in turn; else 0
  float before = 0;

  // By how much that arc changes the net price of either end when the two pass.
  double turn() const { return static_cast<double>(after) + static_cast<double>(before); }
};

class Sifting {
 public:
  Sifting(const Graph& graph, Order& order)
      : graph_(graph), order_(order), place_(Positions(order)), seats_(graph.size()) {
    for (Node v = 0; v < graph.size(); ++v) {
      Seat& seat = seats_[place_[v]];
      seat.length = graph.length[v];
      for (const Arc& arc : graph.Arcs(v)) seat.net += place_[arc.to] < place_[v] ? -arc.before : arc.after;
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
    double pull = 0;
    for (const Arc& arc : graph_.Arcs(v)) {
      const uint32_t there = place_[arc.to];
      seats_[there].after = arc.after;
      seats_[there].before = arc.before;
      pull += there < from ? arc.before : arc.after;
    }
    Move best{from, -kGainMin * (1 + pull) * (1 + seats_[from].length)};
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
    double cost = 0, net = seats_[from].net;
    for (uint32_t i = from + 1; i <= last; ++i) {
      const Seat& w = seats_[i];
      if (IsForbidden(w.before)) break;
      cost += length * (w.net + w.turn()) - w.length * net;
      net -= w.turn();
      if (cost < best.cost) best = {i, cost};
    }
  }

  void LookLeft(uint32_t from, uint32_t reach, Move& best) const {
    const double length = seats_[from].length;
    const uint32_t last = from > reach ? from - reach : 0;
    double cost = 0, net = seats_[from].net;
    for (uint32_t i = from; i-- > last;) {
      const Seat& w = seats_[i];
      if (IsForbidden(w.after)) break;
      net += w.turn();
      cost += w.length * net - length * w.net;
      if (cost < best.cost) best = {i, cost};
    }
  }

  // The arcs that turn round when the node at `from` passes over all up to `to`.
  void TurnRight(uint32_t from, uint32_t to) {
    for (uint32_t i = from + 1; i <= to; ++i) {
      seats_[i].net += seats_[i].turn();
      seats_[from].net -= seats_[i].turn();
    }
  }

  void TurnLeft(uint32_t from, uint32_t to) {
    for (uint32_t i = from; i-- > to;) {
      seats_[i].net -= seats_[i].turn();
      seats_[from].net += seats_[i].turn();
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
