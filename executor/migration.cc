#include "executor/migration.h"

#include <fmt/format.h>

namespace godwit::executor {

Status CheckMigration(const Migration& migration) {
  std::map<TableName, std::string> unit_of_table;
  std::map<std::string, std::string> unit_of_job;
  std::set<std::string> ids;
  for (const UnitSpec& unit : migration.units) {
    if (unit.id.empty() || !ids.insert(unit.id).second)
      return InvalidInput("unit '" + unit.id + "' stands twice");
    for (const TableName& table : unit.tables) {
      const auto [other, fresh] = unit_of_table.emplace(table, unit.id);
      if (!fresh)
        return InvalidInput(fmt::format("table {} is in {} and {}", table.Text(), other->second, unit.id));
    }
  }
  for (const UnitSpec& unit : migration.units) {
    for (const JobSpec& job : unit.jobs) {
      const auto [other, fresh] = unit_of_job.emplace(job.name, unit.id);
      if (!fresh)
        return InvalidInput(fmt::format("job {} is in {} and {}", job.name, other->second, unit.id));
      if (job.mode == RunMode::kBoth && !job.may_run_twice) {
        return InvalidInput(fmt::format("job {} must not run on both sides: set its mode to old", job.name));
      }
      for (const TableName& table : job.writes) {
        const auto found = unit_of_table.find(table);
        if (found != unit_of_table.end() && found->second != unit.id) {
          return InvalidInput(
              fmt::format("job {} in {} writes {}, which is in {}: a writer moves with its table", job.name,
                          unit.id, table.Text(), found->second));
        }
      }
    }
  }
  return Ok();
}

const char* RunModeName(RunMode mode) {
  switch (mode) {
    case RunMode::kOld: return "old";
    case RunMode::kBoth: return "both";
    case RunMode::kNew: return "new";
  }
  return "old";
}

std::optional<RunMode> ParseRunMode(std::string_view name) {
  for (const RunMode mode : {RunMode::kOld, RunMode::kBoth, RunMode::kNew}) {
    if (name == RunModeName(mode)) return mode;
  }
  return std::nullopt;
}

}  // namespace godwit::executor
