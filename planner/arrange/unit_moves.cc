#include "planner/arrange/unit_moves.h"

#include <algorithm>
#include <limits>

namespace godwit::planner::arrange {
namespace {

constexpr double kGainMin = 1e-9;  // ignores gains that are only rounding
constexpr double kSlack = 1 + 1e-12;
constexpr uint32_t kSpanMax = 128;  // units that one move looks at to either side

}  // namespace

UnitMoves::UnitMoves(const Graph& graph, const Limits& limits, Units units)
    : graph_(graph),
      load_max_(limits.load_max * kSlack),
      units_(std::move(units)),
      duration_(units_.count, limits.overhead),
      load_(units_.count, 0),
      crossing_(units_.count, 0),
      after_(units_.count, 0),
      before_(units_.count, 0) {
  for (Node v = 0; v < graph.size(); ++v) {
    const uint32_t unit = units_.of[v];
    duration_[unit] += graph.length[v];
    load_[unit] += graph.load[v];
    for (const Arc& arc : graph.Arcs(v)) {
      const uint32_t other = units_.of[arc.to];
      if (other > unit) {
        crossing_[unit] += arc.after;
        crossing_[other] -= arc.after;
      }
    }
  }
  for (uint32_t i = 1; i < units_.count; ++i) crossing_[i] += crossing_[i - 1];
}

bool UnitMoves::OnBorder(Node v) const {
  const uint32_t own = units_.of[v];
  for (const Arc& arc : graph_.Arcs(v)) {
    if (units_.of[arc.to] != own) return true;
  }
  return false;
}

// A forbidden price never counts: where it would, the node may not go.
UnitMoves::Near UnitMoves::Gather(Node v) {
  const uint32_t own = units_.of[v];
  Near near{0, units_.count - 1, 0, 0};
  uint32_t least = own, most = own;
  for (const Arc& arc : graph_.Arcs(v)) {
    const uint32_t unit = units_.of[arc.to];
    least = std::min(least, unit);
    most = std::max(most, unit);
    if (IsForbidden(arc.after)) {
      near.low = std::max(near.low, unit);
    } else {
      after_[unit] += arc.after;
      if (unit > own) near.right += arc.after;
    }
    if (IsForbidden(arc.before)) {
      near.high = std::min(near.high, unit);
    } else {
      before_[unit] += arc.before;
      if (unit <= own) near.left += arc.before;
    }
  }
  near.low = std::max({near.low, least > 0 ? least - 1 : 0, own > kSpanMax ? own - kSpanMax : 0});
  near.high = std::min({near.high, most + 1, own + kSpanMax});
  return near;
}

void UnitMoves::Scatter(Node v) {
  for (const Arc& arc : graph_.Arcs(v)) after_[units_.of[arc.to]] = before_[units_.of[arc.to]] = 0;
}

// One boundary after the other ends up on the node's left: there its later neighbours no longer cross and its
// earlier ones do (`turn`), for as long as the unit behind the boundary takes. What else crosses between
// waits for the node in the new place and no longer in the old one.
void UnitMoves::LookLater(Node v, const Near& near, Room room, Move& best) const {
  const uint32_t own = units_.of[v];
  const double length = graph_.length[v];
  const double old_wait = own > 0 ? crossing_[own - 1] * length : 0;
  double left = near.left, right = near.right, cost = 0;
  for (uint32_t unit = own + 1; unit <= near.high; ++unit) {
    const double turn = left - right;
    cost += turn * duration_[unit];
    const double all = cost + (crossing_[unit - 1] + turn) * length - old_wait;
    if (all < best.cost && (room == Room::kIgnored || HasRoom(v, unit))) best = {unit, all};
    left += before_[unit];
    right -= after_[unit];
  }
}

void UnitMoves::LookEarlier(Node v, const Near& near, Room room, Move& best) const {
  const uint32_t own = units_.of[v];
  if (own == 0) return;
  const double length = graph_.length[v];
  double left = near.left - before_[own], right = near.right + after_[own], cost = 0;
  const double old_wait = (crossing_[own - 1] + right - left) * length;
  for (uint32_t unit = own; unit-- > near.low;) {
    const double turn = right - left;
    cost += turn * duration_[unit + 1];
    const double all = cost - old_wait + (unit > 0 ? crossing_[unit - 1] * length : 0);
    if (all < best.cost && (room == Room::kIgnored || HasRoom(v, unit))) best = {unit, all};
    left -= before_[unit];
    right += after_[unit];
  }
}

UnitMoves::Move UnitMoves::Look(Node v, Room room, bool dearer_too) {
  const Near near = Gather(v);
  const double gain_min = kGainMin * (near.left + near.right) * (graph_.length[v] + duration_[units_.of[v]]);
  Move best{units_.of[v], dearer_too ? std::numeric_limits<double>::infinity() : -gain_min};
  LookLater(v, near, room, best);
  LookEarlier(v, near, room, best);
  Scatter(v);
  return best;
}

UnitMoves::Move UnitMoves::Best(Node v) { return Look(v, Room::kNeeded, false); }
UnitMoves::Move UnitMoves::BestInFull(Node v) { return Look(v, Room::kIgnored, false); }
UnitMoves::Move UnitMoves::CheapestOther(Node v) { return Look(v, Room::kNeeded, true); }

void UnitMoves::Apply(Node v, uint32_t unit) {
  const uint32_t own = units_.of[v];
  const Near near = Gather(v);
  double left = near.left, right = near.right;
  for (uint32_t i = own; i < unit; ++i) {  // later
    crossing_[i] += left - right;
    left += before_[i + 1];
    right -= after_[i + 1];
  }
  for (uint32_t i = own; i > unit; --i) {  // earlier
    left -= before_[i];
    right += after_[i];
    crossing_[i - 1] += right - left;
  }
  Scatter(v);
  duration_[own] -= graph_.length[v];
  duration_[unit] += graph_.length[v];
  load_[own] -= graph_.load[v];
  load_[unit] += graph_.load[v];
  units_.of[v] = unit;
}

Units UnitMoves::Take() && {
  std::vector<uint32_t> number(units_.count, 0);
  for (uint32_t unit : units_.of) number[unit] = 1;
  uint32_t count = 0;
  for (uint32_t& entry : number) {
    const uint32_t used = entry;
    entry = count;
    count += used;
  }
  for (uint32_t& unit : units_.of) unit = number[unit];
  units_.count = count;
  return std::move(units_);
}

}  // namespace godwit::planner::arrange
