// executor/neighbours.h — what units mean to each other: while a reader and its table are on different sides,
// the table is kept in sync across.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "executor/migration.h"
#include "executor/unit_row.h"

namespace godwit::executor {

// Of a unit's row, what its neighbours have to know.
struct Standing {
  Side owner = Side::kSource;  // whose copy of its tables is the true one
  Side to = Side::kTarget;
  bool reads_at_source = true;  // whether its jobs run there, or soon will
  bool reads_at_target = false;

  bool ReadsAt(Side side) const { return side == Side::kSource ? reads_at_source : reads_at_target; }
  bool operator==(const Standing&) const = default;
};
Standing StandingOf(const UnitRow& row);

class Neighbours {
 public:
  explicit Neighbours(const Migration& migration);

  // By unit; all stand as they do before the start.
  using Standings = std::vector<Standing>;

  // Tables of `unit` that a job of another unit reads, or is about to read, at the side that does not own
  // them.
  std::set<TableName> WantedElsewhere(size_t unit, const Standings& standings) const;

  // Tables of other units that jobs of `unit` read and that its target side does not own.
  std::set<TableName> ForeignInputs(size_t unit, const Standings& standings) const;

  // Units whose answers to the questions above depend on `unit`'s standing: it and its neighbours, sorted.
  const std::vector<size_t>& Around(size_t unit) const { return around_[unit]; }
  // The unit that has the table; nothing for a table outside the plan.
  const size_t* UnitOf(const TableName& table) const;

 private:
  std::map<TableName, size_t> unit_of_table_;
  std::vector<std::map<TableName, std::vector<size_t>>> readers_;  // of each unit's tables: other units
  std::vector<std::map<TableName, size_t>> inputs_;  // of each unit's jobs: tables of other units
  std::vector<std::vector<size_t>> around_;
};

}  // namespace godwit::executor
