#include "simulator/warehouse_of_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "planner/cron.h"

namespace godwit::simulator {
namespace {

using planner::Index;
using planner::Plan;
using planner::PlannedJob;

constexpr int kMinutesPerDay = 24 * 60;

// Minute of the day at which a schedule first starts a run.
Duration TimeOfDay(const std::string& schedule) {
  const Result<std::vector<int>> starts = planner::StartsOfWeek(schedule);
  if (!starts.ok() || (*starts).empty()) return Duration{0};
  int first = kMinutesPerDay;
  for (int minute : *starts) first = std::min(first, minute % kMinutesPerDay);
  return std::chrono::minutes(first);
}

// Tables that some job of the plan writes anew each day; nobody waits for others.
std::set<planner::TableId> Written(const Plan& plan) {
  std::set<planner::TableId> written;
  for (const PlannedJob& job : plan.jobs) {
    if (job.type != planner::JobType::kView) written.insert(job.writes.begin(), job.writes.end());
  }
  return written;
}

}  // namespace

Result<SimWarehouseSpec> WarehouseOf(const Plan& plan) {
  SimWarehouseSpec spec;
  spec.rows_tell_inputs = false;  // nothing goes wrong in a forecast, and nobody looks for it
  std::map<planner::TableId, TableName> names;
  for (const planner::Unit& unit : plan.units) {
    for (planner::TableId id : unit.tables) {
      const planner::PlannedTable& table = plan.tables[Index(id)];
      GODWIT_TRY_ASSIGN(names[id], executor::ParseTableName(table.name));
      const bool partitioned = table.changed_bytes_per_day < table.bytes / 2;
      spec.tables.push_back({names[id], partitioned, table.bytes, table.changed_bytes_per_day});
    }
  }
  const std::set<planner::TableId> written = Written(plan);
  for (const PlannedJob& job : plan.jobs) {
    if (job.type == planner::JobType::kView) continue;
    SimJobSpec made;
    made.name = job.name;
    for (planner::TableId id : job.reads) {
      const bool own = std::ranges::find(job.writes, id) != job.writes.end();
      if (written.contains(id) && !own && names.contains(id)) made.reads.push_back(names[id]);
    }
    for (planner::TableId id : job.writes) {
      if (names.contains(id)) made.writes.push_back(names[id]);
    }
    made.at = TimeOfDay(job.schedule);
    made.run = std::chrono::seconds(job.run_seconds);
    spec.jobs.push_back(std::move(made));
  }
  return spec;
}

}  // namespace godwit::simulator
