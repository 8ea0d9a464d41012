#include "executor/slots.h"

#include <algorithm>
#include <limits>

namespace godwit::executor {

bool IsInFlight(const UnitRow& row) {
  return row.state >= UnitState::kBulkCopy && row.state != UnitState::kProbation && !IsTerminal(row.state) &&
         !row.held;
}

Slots::Slots(const Migration& migration) : migration_(migration), shares_(migration.units.size()) {
  for (size_t i = 0; i < shares_.size(); ++i) Count(i, UnitRow{});
}

Slots::Share Slots::ShareOf(size_t unit, const UnitRow& row) const {
  const bool waits = row.state <= UnitState::kPlanned && !row.held && migration_.units[unit].asked_for;
  Share share;
  share.in_flight = IsInFlight(row);
  share.frozen = IsFrozen(row.state);
  share.blocks = waits || (share.in_flight && migration_.units[unit].asked_for);
  share.startable = row.state == UnitState::kPlanned && waits && !row.cancel_requested;
  share.in_dual_run = row.state == UnitState::kDualRun;
  for (const auto& [op, intent] : row.open)
    share.copies += std::holds_alternative<StartCopy>(intent.action) ? 1 : 0;
  return share;
}

void Slots::Count(size_t unit, const UnitRow& row) {
  Add(unit, shares_[unit], -1);
  shares_[unit] = ShareOf(unit, row);
  Add(unit, shares_[unit], +1);
}

void Slots::Add(size_t unit, const Share& share, int sign) {
  const int wave = migration_.units[unit].wave;
  in_flight_ += share.in_flight ? sign : 0;
  frozen_ += share.frozen ? sign : 0;
  copies_ += share.copies * sign;
  if (share.blocks && (blocking_[wave] += sign) == 0) blocking_.erase(wave);
  const auto keep = [&](std::set<size_t>& units) {
    if (sign > 0) {
      units.insert(unit);
    } else {
      units.erase(unit);
    }
  };
  if (share.startable) keep(startable_[wave]);
  if (share.in_dual_run) keep(in_dual_run_);
}

int Slots::open_wave() const {
  return blocking_.empty() ? std::numeric_limits<int>::max() : blocking_.begin()->first;
}

int Slots::StartsFree() const {
  return migration_.policy.units_in_flight_max - in_flight_ - promised_starts_;
}

// A unit that can start blocks later waves: no earlier wave than the open one has any.
std::vector<size_t> Slots::Startable(size_t limit) const {
  const auto wave = startable_.find(open_wave());
  if (wave == startable_.end()) return {};
  const size_t count = std::min(limit, wave->second.size());
  return {wave->second.begin(), std::next(wave->second.begin(), static_cast<ptrdiff_t>(count))};
}

}  // namespace godwit::executor
