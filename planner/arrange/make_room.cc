#include "planner/arrange/make_room.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "planner/arrange/unit_moves.h"

namespace godwit::planner::arrange {
namespace {

constexpr double kNowhere = std::numeric_limits<double>::infinity();
constexpr double kGainMin = 1e-9;   // of what was moved: less is rounding
constexpr size_t kSettleMax = 400;  // nodes looked at

// Moves that can be taken back.
class Attempt {
 public:
  Attempt(const Graph& graph, UnitMoves& moves) : graph_(graph), moves_(moves) {}

  void Apply(Node v, const UnitMoves::Move& move) {
    done_.push_back({v, moves_.unit(v)});
    moves_.Apply(v, move.unit);
    cost_ += move.cost;
    turnover_ += std::abs(move.cost);
  }

  // Moves `members` out of the unit until it is not too full; those first that cost least for what they free.
  bool MoveOut(const std::vector<Node>& members, uint32_t unit) {
    if (moves_.Excess(unit) <= 0) return true;
    std::priority_queue<Leaver, std::vector<Leaver>, std::greater<>> queue;
    for (Node v : members) {
      if (graph_.load[v] > 0) queue.push({PriceOut(v, unit, moves_.CheapestOther(v)), v});
    }
    while (moves_.Excess(unit) > 0) {
      if (queue.empty()) return false;
      const Node v = queue.top().second;
      queue.pop();
      const UnitMoves::Move other = moves_.CheapestOther(v);  // others have moved meanwhile
      const double price = PriceOut(v, unit, other);
      if (price == kNowhere) continue;
      if (!queue.empty() && price > queue.top().first) {
        queue.push({price, v});
        continue;
      }
      Apply(v, other);
    }
    return true;
  }

  // What was moved, and its neighbours, go where they cost least, and so on.
  void Settle() {
    std::vector<Node> due;
    const auto add = [&](Node v) {
      due.push_back(v);
      for (const Arc& arc : graph_.Arcs(v)) due.push_back(arc.to);
    };
    for (const auto& [v, unit] : done_) add(v);
    for (size_t i = 0; i < due.size() && i < kSettleMax; ++i) {
      const Node v = due[i];
      const UnitMoves::Move best = moves_.Best(v);
      if (best.unit == moves_.unit(v)) continue;
      Apply(v, best);
      add(v);
    }
  }

  bool Pays() const { return cost_ < -kGainMin * turnover_; }

  void Undo() {
    for (size_t i = done_.size(); i-- > 0;) moves_.Apply(done_[i].first, done_[i].second);
  }

 private:
  using Leaver = std::pair<double, Node>;  // at what price

  // What moving the node out of the unit costs for each byte that it frees and that is needed.
  double PriceOut(Node v, uint32_t unit, const UnitMoves::Move& other) const {
    return other.unit == unit ? kNowhere : other.cost / std::min(graph_.load[v], moves_.Excess(unit));
  }

  const Graph& graph_;
  UnitMoves& moves_;
  std::vector<std::pair<Node, uint32_t>> done_;  // and the unit it came from
  double cost_ = 0;
  double turnover_ = 0;
};

std::vector<Node> Members(const Graph& graph, const UnitMoves& moves, uint32_t unit) {
  std::vector<Node> members;
  for (Node v = 0; v < graph.size(); ++v) {
    if (moves.unit(v) == unit) members.push_back(v);
  }
  return members;
}

// Nodes that would like to be elsewhere, those with most to gain first.
std::vector<Node> Wishes(const Graph& graph, UnitMoves& moves) {
  std::vector<std::pair<double, Node>> wishes;
  for (Node v = 0; v < graph.size(); ++v) {
    if (!moves.OnBorder(v)) continue;
    const UnitMoves::Move move = moves.BestInFull(v);
    if (move.unit != moves.unit(v)) wishes.emplace_back(move.cost, v);
  }
  std::sort(wishes.begin(), wishes.end());
  std::vector<Node> nodes;
  for (const auto& [cost, v] : wishes) nodes.push_back(v);
  return nodes;
}

}  // namespace

bool MakeRoom(const Graph& graph, const Limits& limits, size_t tries, Units& units) {
  if (tries == 0) return false;
  UnitMoves moves(graph, limits, std::move(units));
  bool changed = false;
  for (Node v : Wishes(graph, moves)) {
    if (tries-- == 0) break;
    const UnitMoves::Move wish = moves.BestInFull(v);
    if (wish.unit == moves.unit(v)) continue;
    const std::vector<Node> members = Members(graph, moves, wish.unit);
    Attempt attempt(graph, moves);
    attempt.Apply(v, wish);
    const bool fits = attempt.MoveOut(members, wish.unit);
    if (fits) attempt.Settle();
    if (fits && attempt.Pays()) {
      changed = true;
    } else {
      attempt.Undo();
    }
  }
  units = std::move(moves).Take();
  return changed;
}

}  // namespace godwit::planner::arrange
