// planner/arrange/unit_moves.h — units while nodes move between them: what each move would save, and the sums
// that say so without looking at the whole graph.
#pragma once

#include "planner/arrange/cut.h"

namespace godwit::planner::arrange {

class UnitMoves {
 public:
  UnitMoves(const Graph& graph, const Limits& limits, Units units);

  struct Move {
    uint32_t unit;    // the node's own: nothing is better
    double cost = 0;  // change of UnitsCost; below 0 is cheaper
  };
  // The cheapest unit for `v`, at most one past its neighbours' units, that has room and is not forbidden.
  // O(arcs of v + units between).
  Move Best(Node v);
  // The same at the same cost, whether there is room or not.
  Move BestInFull(Node v);
  // The cheapest other unit with room, also where it is dearer than the node's own; the own one if there is
  // none.
  Move CheapestOther(Node v);
  void Apply(Node v, uint32_t unit);

  bool OnBorder(Node v) const;  // has a neighbour in another unit
  uint32_t unit(Node v) const { return units_.of[v]; }
  double Excess(uint32_t unit) const { return load_[unit] - load_max_; }  // above 0: more than is allowed
  // Ends the moving: the units, without those that became empty.
  Units Take() &&;

 private:
  // Neighbours of one node: prices by their unit in after_ and before_, and these.
  struct Near {
    uint32_t low, high;  // where the node may go
    double left, right;  // price a day of neighbours up to its own unit, and of later ones
  };
  Near Gather(Node v);
  void Scatter(Node v);  // clears after_ and before_
  enum class Room { kNeeded, kIgnored };
  // The cheapest other unit; the own one where none is cheaper than it, or, `dearer_too`, where there is
  // none.
  Move Look(Node v, Room room, bool dearer_too);
  void LookLater(Node v, const Near& near, Room room, Move& best) const;
  void LookEarlier(Node v, const Near& near, Room room, Move& best) const;
  bool HasRoom(Node v, uint32_t unit) const { return load_[unit] + graph_.load[v] <= load_max_; }

  const Graph& graph_;
  const double load_max_;
  Units units_;
  std::vector<double> duration_;  // of a unit: its length and the overhead
  std::vector<double> load_;
  std::vector<double> crossing_;  // price a day between a unit and the one after it
  std::vector<double> after_;     // of the node in turn, by its neighbours' units; else 0
  std::vector<double> before_;
};

}  // namespace godwit::planner::arrange
