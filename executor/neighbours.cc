#include "executor/neighbours.h"

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

}  // namespace

Neighbours::Neighbours(const Migration& migration)
    : readers_(migration.units.size()), inputs_(migration.units.size()), around_(migration.units.size()) {
  for (size_t i = 0; i < migration.units.size(); ++i) {
    for (const TableName& table : migration.units[i].tables) unit_of_table_[table] = i;
  }
  std::vector<std::set<size_t>> around(migration.units.size());
  for (size_t i = 0; i < migration.units.size(); ++i) {
    around[i].insert(i);
    for (const JobSpec& job : migration.units[i].jobs) {
      for (const TableName& table : job.reads) {
        const auto owner = unit_of_table_.find(table);
        if (owner == unit_of_table_.end() || owner->second == i) continue;
        readers_[owner->second][table].insert(i);
        inputs_[i].insert(table);
        around[i].insert(owner->second);
        around[owner->second].insert(i);
      }
    }
  }
  for (size_t i = 0; i < around.size(); ++i) around_[i].assign(around[i].begin(), around[i].end());
}

std::set<TableName> Neighbours::WantedElsewhere(size_t unit, const RowOf& row_of) const {
  const Side elsewhere = Other(OwnerOf(row_of(unit)));
  std::set<TableName> wanted;
  for (const auto& [table, readers] : readers_[unit]) {
    for (const size_t reader : readers) {
      if (ReadsAt(row_of(reader), elsewhere)) wanted.insert(table);
    }
  }
  return wanted;
}

std::set<TableName> Neighbours::ForeignInputs(size_t unit, const RowOf& row_of) const {
  std::set<TableName> foreign;
  for (const TableName& table : inputs_[unit]) {
    if (OwnerOf(row_of(unit_of_table_.at(table))) != row_of(unit).to()) foreign.insert(table);
  }
  return foreign;
}

const size_t* Neighbours::UnitOf(const TableName& table) const {
  const auto found = unit_of_table_.find(table);
  return found == unit_of_table_.end() ? nullptr : &found->second;
}

}  // namespace godwit::executor
