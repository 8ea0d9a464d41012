#include "executor/from_plan.h"

#include <algorithm>

namespace godwit::executor {
namespace {

using planner::Index;

// Those of the tables that are tables of this migration. The others are not ours to touch: they lie outside
// the warehouse, or stay where they are.
using Moving = std::map<planner::TableId, TableName>;

std::set<TableName> NamesOf(const Moving& moving, const std::vector<planner::TableId>& tables) {
  std::set<TableName> found;
  for (const planner::TableId table : tables) {
    if (const auto at = moving.find(table); at != moving.end()) found.insert(at->second);
  }
  return found;
}

Result<Moving> MovingTables(const planner::Plan& plan) {
  Moving moving;
  for (const planner::Unit& unit : plan.units) {
    for (const planner::TableId id : unit.tables) {
      GODWIT_TRY_ASSIGN(moving[id], ParseTableName(plan.tables[Index(id)].name));
    }
  }
  return moving;
}

RunMode ModeOf(planner::RunMode mode) {
  switch (mode) {
    case planner::RunMode::kOld: return RunMode::kOld;
    case planner::RunMode::kBoth: return RunMode::kBoth;
    case planner::RunMode::kNew: return RunMode::kNew;
  }
  return RunMode::kOld;
}

// Exports act outside both sites: whatever anybody says of them, they run once.
bool MayRunTwice(const planner::PlannedJob& job) {
  return job.type != planner::JobType::kExport && job.repeatability == planner::Repeatability::kIdempotent;
}

// When the plan's clock begins; nothing if the plan names no day.
Result<std::optional<Timestamp>> StartOf(const planner::Plan& plan) {
  if (plan.request.start.empty()) return std::optional<Timestamp>();
  GODWIT_TRY_ASSIGN(const Timestamp start, ParseTimestamp(plan.request.start));
  return std::optional<Timestamp>(start);
}

// Without a start only what recurs every week means something.
std::vector<Blackout> BlackoutsOf(const planner::Plan& plan, const std::optional<Timestamp>& start) {
  static const Timestamp kSomeMonday = *ParseTimestamp("2026-01-05");
  std::vector<Blackout> blackouts;
  for (const planner::Blackout& each : plan.request.blackouts) {
    if (!each.weekly && !start) continue;
    const Timestamp zero = each.weekly ? kSomeMonday : *start;
    blackouts.push_back({zero + each.from, zero + each.until, each.weekly, each.stops_copies, each.reason});
  }
  return blackouts;
}

UnitSpec UnitOf(const planner::Plan& plan, const planner::Unit& unit, const Moving& moving) {
  UnitSpec spec;
  spec.id = unit.id;
  spec.wave = static_cast<int>(Index(unit.wave)) + 1;
  for (const planner::TableId id : unit.tables) spec.tables.push_back(moving.at(id));
  std::sort(spec.tables.begin(), spec.tables.end());
  for (const planner::JobId id : unit.jobs) {
    const planner::PlannedJob& job = plan.jobs[Index(id)];
    if (job.type == planner::JobType::kView) {  // a definition, not something that runs
      spec.views.merge(NamesOf(moving, job.writes));
      continue;
    }
    JobSpec made;
    made.name = job.name;
    made.reads = NamesOf(moving, job.reads);
    made.writes = NamesOf(moving, job.writes);
    made.may_run_twice = MayRunTwice(job);
    made.hazards = job.hazards;
    made.mode = made.may_run_twice ? ModeOf(job.dual_run_mode) : RunMode::kOld;
    spec.jobs.push_back(std::move(made));
  }
  std::sort(spec.jobs.begin(), spec.jobs.end(),
            [](const JobSpec& a, const JobSpec& b) { return a.name < b.name; });
  return spec;
}

}  // namespace

Result<Migration> MigrationOf(const planner::Plan& plan, std::string plan_hash, Policy policy) {
  if (!plan.named) {
    return InvalidInput(
        "the plan was made from a graph without names: make one from a scan, `godwit plan --scan`");
  }
  Migration migration;
  migration.plan_hash = std::move(plan_hash);
  migration.policy = std::move(policy);
  GODWIT_TRY_ASSIGN(const Moving moving, MovingTables(plan));
  GODWIT_TRY_ASSIGN(const std::optional<Timestamp> start, StartOf(plan));
  migration.blackouts = BlackoutsOf(plan, start);
  for (const planner::Unit& unit : plan.units) {
    migration.units.push_back(UnitOf(plan, unit, moving));
    if (start) migration.units.back().cutover_not_before = *start + unit.cutover.at;
  }
  GODWIT_TRY(CheckMigration(migration));
  return migration;
}

}  // namespace godwit::executor
