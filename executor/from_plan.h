// executor/from_plan.h — a reviewed plan in the executor's words.
#pragma once

#include <string>

#include "executor/migration.h"
#include "planner/plan.h"

namespace godwit::executor {

// `plan_hash` identifies the plan in journal and approvals. Units keep their order and waves; a job's mode is
// the plan's. Errors: kInvalidInput — the plan has no names (it was made from a graph without them), or as
// CheckMigration.
Result<Migration> MigrationOf(const planner::Plan& plan, std::string plan_hash, Policy policy);

}  // namespace godwit::executor
