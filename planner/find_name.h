// planner/find_name.h — what a person means by a name.
#pragma once

#include <string>

#include "planner/plan.h"

namespace godwit::planner {

// A table by name, or by number where the workload has no names. Errors: kInvalidInput with the nearest name.
// O(log tables); O(tables) for an error.
Result<TableId> FindTable(const Workload& workload, const std::string& name);

// A unit by its id, or that of a table or job with this name (or number, of a table). Errors: as above.
Result<UnitId> FindUnit(const Workload& workload, const Plan& plan, const std::string& name);

// A wave by its id or its number from 1. Errors: kInvalidInput.
Result<WaveId> FindWave(const Plan& plan, const std::string& name);

}  // namespace godwit::planner
