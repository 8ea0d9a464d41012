// cli/status_text.h — how a migration stands, as a table and as JSON (docs/status_format.md).
#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "executor/engine.h"

namespace godwit::cli {

std::string StatusTable(const std::vector<executor::UnitStatus>& units);
Json StatusJson(const std::vector<executor::UnitStatus>& units);

// One unit with everything known of it.
std::string UnitText(const executor::UnitStatus& unit);
Json UnitJson(const executor::UnitStatus& unit);

}  // namespace godwit::cli
