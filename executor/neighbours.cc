#include "executor/neighbours.h"

#include <algorithm>

namespace godwit::executor {
namespace {

// The side whose copy of the unit's tables is the true one.
Side OwnerOf(const UnitRow& row) { return IsCommitted(row.state) ? row.to() : row.from; }

// Whether jobs of the unit run at `side`, or soon will.
bool ReadsAt(const UnitRow& row, Side side) {
  if (IsCommitted(row.state)) return side == row.to();
  if (side == row.from) return true;
  switch (row.state) {
    case UnitState::kBulkCopy:
    case UnitState::kDualRun:
    case UnitState::kFreezing:
    case UnitState::kFinalCopy:
    case UnitState::kWaitConsistent:
    case UnitState::kReady:
    case UnitState::kCancelling: return true;
    case UnitState::kRegistered:
    case UnitState::kPlanned:
    case UnitState::kAborted:
    case UnitState::kReversed:
    case UnitState::kSwitching:
    case UnitState::kUnfreezing:
    case UnitState::kProbation:
    case UnitState::kCompleted: return false;
  }
  return false;
}

// Sorted, each once.
void SortOnce(std::vector<size_t>& units) {
  std::ranges::sort(units);
  units.erase(std::unique(units.begin(), units.end()), units.end());
}

}  // namespace

Standing StandingOf(const UnitRow& row) {
  return {OwnerOf(row), row.to(), ReadsAt(row, Side::kSource), ReadsAt(row, Side::kTarget)};
}

Neighbours::Neighbours(const Migration& migration)
    : readers_(migration.units.size()), inputs_(migration.units.size()), around_(migration.units.size()) {
  for (size_t i = 0; i < migration.units.size(); ++i) {
    for (const TableName& table : migration.units[i].tables) unit_of_table_[table] = i;
  }
  for (size_t i = 0; i < migration.units.size(); ++i) {
    around_[i].push_back(i);
    for (const JobSpec& job : migration.units[i].jobs) {
      for (const TableName& table : job.reads) {
        const auto owner = unit_of_table_.find(table);
        if (owner == unit_of_table_.end() || owner->second == i) continue;
        readers_[owner->second][table].push_back(i);
        inputs_[i].emplace(table, owner->second);
        around_[i].push_back(owner->second);
        around_[owner->second].push_back(i);
      }
    }
  }
  for (std::vector<size_t>& units : around_) SortOnce(units);
  for (auto& readers : readers_) {
    for (auto& [table, units] : readers) SortOnce(units);
  }
}

std::set<TableName> Neighbours::WantedElsewhere(size_t unit, const Standings& standings) const {
  const Side elsewhere = Other(standings[unit].owner);
  std::set<TableName> wanted;
  for (const auto& [table, readers] : readers_[unit]) {
    const auto reads_there = [&](size_t reader) { return standings[reader].ReadsAt(elsewhere); };
    if (std::ranges::any_of(readers, reads_there)) wanted.insert(table);
  }
  return wanted;
}

std::set<TableName> Neighbours::ForeignInputs(size_t unit, const Standings& standings) const {
  std::set<TableName> foreign;
  for (const auto& [table, owner] : inputs_[unit]) {
    if (standings[owner].owner != standings[unit].to) foreign.insert(table);
  }
  return foreign;
}

const size_t* Neighbours::UnitOf(const TableName& table) const {
  const auto found = unit_of_table_.find(table);
  return found == unit_of_table_.end() ? nullptr : &found->second;
}

}  // namespace godwit::executor
