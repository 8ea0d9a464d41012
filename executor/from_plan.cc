#include "executor/from_plan.h"

#include <algorithm>

namespace godwit::executor {
namespace {

using planner::Index;

Result<std::set<TableName>> NamesOf(const planner::Plan& plan, const std::vector<planner::TableId>& tables) {
  std::set<TableName> names;
  for (const planner::TableId table : tables) {
    GODWIT_TRY_ASSIGN(TableName name, ParseTableName(plan.tables[Index(table)].name));
    names.insert(std::move(name));
  }
  return names;
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

Result<UnitSpec> UnitOf(const planner::Plan& plan, const planner::Unit& unit) {
  UnitSpec spec;
  spec.id = unit.id;
  spec.wave = static_cast<int>(Index(unit.wave)) + 1;
  GODWIT_TRY_ASSIGN(const std::set<TableName> tables, NamesOf(plan, unit.tables));
  spec.tables.assign(tables.begin(), tables.end());
  for (const planner::JobId id : unit.jobs) {
    const planner::PlannedJob& job = plan.jobs[Index(id)];
    if (job.type == planner::JobType::kView) {  // a definition, not something that runs
      GODWIT_TRY_ASSIGN(const std::set<TableName> defined, NamesOf(plan, job.writes));
      spec.views.insert(defined.begin(), defined.end());
      continue;
    }
    JobSpec made;
    made.name = job.name;
    GODWIT_TRY_ASSIGN(made.reads, NamesOf(plan, job.reads));
    GODWIT_TRY_ASSIGN(made.writes, NamesOf(plan, job.writes));
    made.may_run_twice = MayRunTwice(job);
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
  for (const planner::Unit& unit : plan.units) {
    GODWIT_TRY_ASSIGN(UnitSpec spec, UnitOf(plan, unit));
    migration.units.push_back(std::move(spec));
  }
  GODWIT_TRY(CheckMigration(migration));
  return migration;
}

}  // namespace godwit::executor
